/**
 * A piece of a schema as generated code states it: plain strings, cheap to load, read only when a type is first used.
 *
 * A type is one string of words, in wire order:
 *
 * | word | meaning |
 * |---|---|
 * | `<Base` | extends that type: its rows come first, its namespace stays theirs |
 * | `~WireName` | the type's name on the wire (for `xsi:type`), when it differs from its key |
 * | `!tagged` | objects of the type carry `_type: '<key>'`; set on every type of a hierarchy with subtypes |
 * | `+name` | attribute that the encoder writes by construction (its value comes from the encode options) and the decoder drops |
 * | `@name:kind` | attribute |
 * | `#name:kind` | the text of the element; the type then has no child elements |
 * | `name:kind` | child element |
 * | `*:any` | one child that is a global element of the schema, whatever its name; the property is `content` |
 *
 * A row may be `wire=property:kind` where the property is named otherwise than the wire, and ends in marks: `*` a list (always an
 * array), `!` required (refused by the encoder when missing). In a row `{n}` before the name puts the element into namespace `n`
 * of the part's `imports`.
 *
 * Kinds: `string` (as sent), `token` (outer white space dropped), `boolean`, `int` (32 bits), `short`, `byte`, `long` (a number
 * where it is exact, else a bigint), `bigint` (always), `double`, `dateTime` (a string), `base64` (a string), `any` (told by
 * `xsi:type`), `raw` (an `XmlElement`), `skip` (jumped over), the key of a type, an enumeration or a simple type.
 */
export interface SchemaPart {
  /** URI that the types, their elements and the global elements are in. */
  readonly namespace: string
  readonly types: Readonly<Record<string, string>>
  /** Values of each enumeration. Readers let unknown values pass as strings. */
  readonly enumerations?: Readonly<Record<string, readonly string[]>>
  /** Enumerations that the schema itself leaves open: writers let other values pass as well. */
  readonly openEnumerations?: readonly string[]
  /** Restricted texts and numbers. Only the encoder checks them. */
  readonly simpleTypes?: Readonly<Record<string, SimpleType>>
  /** Global elements: element name to type key or kind. */
  readonly elements?: Readonly<Record<string, string>>
  /** Further namespaces that rows name as `{0}`, `{1}`, ... */
  readonly imports?: readonly string[]
}

export interface SimpleType {
  readonly base: string
  /** Regular expression source that the whole text must match. */
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Types of a schema by key, for inference only. */
export type TypeMap = object

/** One or more parts that belong together. Keys of types, enumerations and simple types are unique over all parts. */
export interface XmlSchema<Types extends TypeMap = TypeMap> {
  readonly parts: readonly SchemaPart[]
  /** Never present; carries the mapping from keys to TypeScript types. */
  readonly typeMap?: Types
}

/** Joins parts into a schema. */
export function defineXmlSchema<Types extends TypeMap>(...parts: readonly SchemaPart[]): XmlSchema<Types> {
  return { parts }
}
