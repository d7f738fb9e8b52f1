import type { SchemaPart, SimpleType, XmlSchema } from './schema-part.js'

export type RowPlace = 'element' | 'attribute' | 'text' | 'any'

/** One row of a type, read from its string. */
export interface Row {
  readonly place: RowPlace
  /** Local name on the wire. */
  readonly name: string
  readonly property: string
  readonly kind: string
  readonly list: boolean
  readonly required: boolean
  /** URI of the element; empty for attributes. */
  readonly namespace: string
}

/** A type with the rows of its bases. */
export interface TypeTable {
  readonly key: string
  readonly wireName: string
  readonly namespace: string
  readonly base: TypeTable | undefined
  readonly tagged: boolean
  /** Attributes that the encoder writes by construction. */
  readonly constructed: readonly string[]
  readonly rows: readonly Row[]
}

/** What a schema knows, read from its strings by need. */
export interface SchemaIndex {
  readonly uris: readonly string[]
  type(key: string): TypeTable | undefined
  /** By the name an `xsi:type` has. */
  typeOfWireName(namespace: string, wireName: string): TypeTable | undefined
  enumeration(key: string): readonly string[] | undefined
  /** True for an enumeration that other values are written for as well. */
  isOpen(key: string): boolean
  /** Also enumerations have names on the wire. */
  simpleType(key: string): SimpleType | undefined
  /** Kind of a global element. */
  element(namespace: string, name: string): string | undefined
}

const indexes = new WeakMap<XmlSchema, SchemaIndex>()

export function indexOfSchema(schema: XmlSchema): SchemaIndex {
  const known = indexes.get(schema)
  if (known !== undefined) return known
  const index = buildIndex(schema)
  indexes.set(schema, index)
  return index
}

function buildIndex(schema: XmlSchema): SchemaIndex {
  const tables = new Map<string, TypeTable | undefined>()
  const wireNames = new Map<string, Map<string, string>>()
  for (const part of schema.parts) {
    const names = wireNames.get(part.namespace) ?? new Map<string, string>()
    wireNames.set(part.namespace, names)
    for (const [key, text] of Object.entries(part.types)) {
      const renamed = /(?:^|\s)~(\S+)/.exec(text)
      names.set(renamed?.[1] ?? key, key)
    }
  }
  const index: SchemaIndex = {
    uris: [...new Set(schema.parts.flatMap((part) => [part.namespace, ...(part.imports ?? [])]))],
    type(key) {
      if (tables.has(key)) return tables.get(key)
      const part = schema.parts.find((candidate) => Object.hasOwn(candidate.types, key))
      const table = part === undefined ? undefined : readTable(index, part, key)
      tables.set(key, table)
      return table
    },
    typeOfWireName(namespace, wireName) {
      const key = wireNames.get(namespace)?.get(wireName)
      return key === undefined ? undefined : index.type(key)
    },
    enumeration: (key) => findOwn(schema, (part) => part.enumerations, key),
    isOpen: (key) => schema.parts.some((part) => part.openEnumerations?.includes(key) === true),
    simpleType: (key) => findOwn(schema, (part) => part.simpleTypes, key),
    element(namespace, name) {
      for (const part of schema.parts) {
        if (part.namespace === namespace && part.elements !== undefined && Object.hasOwn(part.elements, name)) {
          return part.elements[name]
        }
      }
      return undefined
    },
  }
  return index
}

function findOwn<Value>(
  schema: XmlSchema,
  select: (part: SchemaPart) => Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  for (const part of schema.parts) {
    const table = select(part)
    if (table !== undefined && Object.hasOwn(table, key)) return table[key]
  }
  return undefined
}

function readTable(index: SchemaIndex, part: SchemaPart, key: string): TypeTable | undefined {
  const words = (part.types[key] ?? '').split(' ').filter((word) => word !== '')
  let base: TypeTable | undefined
  let wireName = key
  let tagged = false
  const constructed: string[] = []
  const rows: Row[] = []
  for (const word of words) {
    const mark = word[0]
    const rest = word.slice(1)
    if (mark === '<') {
      base = index.type(rest)
      // Its part was not loaded, so what the type has is not known.
      if (base === undefined) return undefined
    } else if (mark === '~') wireName = rest
    else if (word === '!tagged') tagged = true
    else if (mark === '+') constructed.push(rest)
    else rows.push(readRow(part, key, word))
  }
  return {
    key,
    wireName,
    namespace: part.namespace,
    base,
    tagged,
    constructed: [...(base?.constructed ?? []), ...constructed],
    rows: [...(base?.rows ?? []), ...rows],
  }
}

const rowForm = /^([@#]?)(?:\{(\d+)\})?([^=:{}]+)(?:=([^:]+))?:([^*!]+)([*!]*)$/

function readRow(part: SchemaPart, key: string, word: string): Row {
  if (word.startsWith('*:any')) {
    return {
      place: 'any',
      name: '',
      property: 'content',
      kind: 'any',
      list: word.endsWith('*'),
      required: false,
      namespace: '',
    }
  }
  const match = rowForm.exec(word)
  const [, mark, imported, name, property, kind, marks] = match ?? []
  if (name === undefined || kind === undefined)
    throw new TypeError(`Schema type ${key} has the row ${word}, which cannot be read`)
  const place: RowPlace = mark === '@' ? 'attribute' : mark === '#' ? 'text' : 'element'
  const elementNamespace = imported === undefined ? part.namespace : part.imports?.[Number(imported)]
  if (elementNamespace === undefined)
    throw new TypeError(`Schema type ${key}: ${word} names a namespace that the part does not import`)
  return {
    place,
    name,
    property: property ?? name,
    kind,
    list: marks?.includes('*') ?? false,
    required: marks?.includes('!') ?? false,
    namespace: place === 'element' ? elementNamespace : '',
  }
}

/** True when `table` is `base` or extends it, at whatever distance. */
export function extendsType(table: TypeTable, base: TypeTable): boolean {
  for (let at: TypeTable | undefined = table; at !== undefined; at = at.base) if (at.key === base.key) return true
  return false
}
