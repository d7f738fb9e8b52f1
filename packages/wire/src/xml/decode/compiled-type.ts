import type { SchemaIndex, TypeTable } from '../schema/type-table.js'
import type { NameTable } from './name-table.js'
import type { WrittenName } from './xsi-type.js'

/** How a value is read. Numbers, because the decoder switches on them for each element. */
export const kinds = {
  string: 0,
  token: 1,
  boolean: 2,
  integer: 3,
  double: 4,
  long: 5,
  bigint: 6,
  enumeration: 7,
  complex: 8,
  any: 9,
  raw: 10,
  skip: 11,
  /** Of a type whose part of the schema was not loaded. */
  notLoaded: 12,
} as const

export type DecodedObject = Record<string, unknown>

/** Properties wanted of a type; `true` wants all of a value. */
export interface Selection {
  readonly [property: string]: true | Selection | undefined
}

/** What the text of a value means. */
export interface CompiledValue {
  /** One of `kinds`. */
  readonly kind: number
  /** Enumerations: the known values, to be found by bytes and given as shared constants. */
  readonly values: NameTable | undefined
  readonly constants: readonly string[]
  /** Complex types: the key, and the type once it was needed. */
  readonly typeKey: string
  type: CompiledType | undefined
  readonly selection: Selection | undefined
}

/** An element, attribute or text that the decoder knows what to do with. */
export interface CompiledField extends CompiledValue {
  readonly name: string
  readonly property: string
  readonly list: boolean
}

export interface CompiledType {
  readonly table: TypeTable
  readonly create: () => DecodedObject
  readonly example: DecodedObject
  readonly elements: readonly CompiledField[]
  readonly elementNames: NameTable
  /** Index of the field that was last seen behind each field, the first one at 0. */
  readonly successors: Int16Array
  readonly attributes: readonly CompiledField[]
  readonly attributeNames: NameTable
  readonly text: CompiledField | undefined
  readonly any: CompiledField | undefined
}

/** How a value is read whose type the document names. */
export interface AnyPlan {
  readonly value: CompiledValue
  /** True for the `ArrayOf` types: every child is an item. */
  readonly list: boolean
}

/** Makes and keeps the compiled form of the types of one schema, as one decoder needs them. */
export interface TypeCompiler {
  readonly index: SchemaIndex
  readonly namespaceIds: ReadonlyMap<string, number>
  /** Namespace ids below this are the same in every document. */
  readonly uriCount: number
  readonly leafAttributes: boolean
  readonly types: Map<string, CompiledType>
  readonly values: Map<string, CompiledValue>
  /** For types that documents name: what was made of a name, by namespace id and name, and the parts of names as written. */
  readonly plans: Map<string, AnyPlan>[]
  readonly writtenNames: Map<string, WrittenName>
}
