import type { Row, SchemaIndex } from '../schema/type-table.js'
import type { CompiledField, CompiledType, CompiledValue, Selection, TypeCompiler } from './compiled-type.js'
import { kinds } from './compiled-type.js'
import { createNameTable } from './name-table.js'
import { createObjectMaker, type InitialProperty } from './object-maker.js'

const kindOfPrimitive: ReadonlyMap<string, number> = new Map([
  ['string', kinds.string],
  ['token', kinds.token],
  ['dateTime', kinds.token],
  ['base64', kinds.token],
  ['boolean', kinds.boolean],
  ['int', kinds.integer],
  ['short', kinds.integer],
  ['byte', kinds.integer],
  ['double', kinds.double],
  ['long', kinds.long],
  ['bigint', kinds.bigint],
  ['any', kinds.any],
  ['raw', kinds.raw],
  ['skip', kinds.skip],
])

/** The compiled form of a type, made at its first use. Undefined when the schema has no such type. */
export function compileType(compiler: TypeCompiler, key: string, selection?: Selection): CompiledType | undefined {
  const known = selection === undefined ? compiler.types.get(key) : undefined
  if (known !== undefined) return known
  const table = compiler.index.type(key)
  if (table === undefined) return undefined
  const wanted = table.rows.filter((row) => selection === undefined || selection[row.property] !== undefined)
  const initial: InitialProperty[] = wanted
    .filter((row) => row.kind !== 'skip')
    .map((row) => ({ name: row.property, initial: row.list ? 'list' : 'none' }))
  if (table.tagged) initial.unshift({ name: '_type', initial: { constant: key } })
  if (compiler.leafAttributes) initial.push({ name: '$attributes', initial: 'none' })
  const elementRows = table.rows.filter((row) => row.place === 'element')
  const attributeRows = wanted.filter((row) => row.place === 'attribute')
  const fieldOf = (row: Row): CompiledField => compileField(compiler, row, wanted.includes(row), selection)
  const text = wanted.find((row) => row.place === 'text')
  const any = wanted.find((row) => row.place === 'any')
  const maker = createObjectMaker(initial)
  const type: CompiledType = {
    table,
    create: maker.make,
    example: maker.example,
    elements: elementRows.map(fieldOf),
    elementNames: createNameTable(
      elementRows.map((row) => row.name),
      elementRows.map((row) => compiler.namespaceIds.get(row.namespace) ?? 0),
    ),
    successors: Int16Array.from({ length: elementRows.length + 1 }, (_, index) => index),
    attributes: attributeRows.map(fieldOf),
    attributeNames: createNameTable(attributeRows.map((row) => row.name)),
    text: text === undefined ? undefined : fieldOf(text),
    any: any === undefined ? undefined : fieldOf(any),
  }
  if (selection === undefined) compiler.types.set(key, type)
  return type
}

function compileField(
  compiler: TypeCompiler,
  row: Row,
  wanted: boolean,
  selection: Selection | undefined,
): CompiledField {
  const inner = selection?.[row.property]
  const value = compileValue(compiler, wanted ? row.kind : 'skip', typeof inner === 'object' ? inner : undefined)
  return { ...value, name: row.name, property: row.property, list: row.list }
}

/** What a value of this kind means: a primitive, an enumeration, a simple or a complex type. */
export function compileValue(compiler: TypeCompiler, kind: string, selection?: Selection): CompiledValue {
  const known = selection === undefined ? compiler.values.get(kind) : undefined
  if (known !== undefined) return known
  const constants = compiler.index.enumeration(kind) ?? []
  const value: CompiledValue = {
    kind: kindOf(compiler.index, kind),
    values: constants.length === 0 ? undefined : createNameTable(constants),
    constants,
    typeKey: kind,
    type: undefined,
    selection,
  }
  if (selection === undefined) compiler.values.set(kind, value)
  return value
}

function kindOf(index: SchemaIndex, kind: string): number {
  const primitive = kindOfPrimitive.get(kind)
  if (primitive !== undefined) return primitive
  if (index.enumeration(kind) !== undefined) return kinds.enumeration
  const simple = index.simpleType(kind)
  if (simple !== undefined) return kindOf(index, simple.base)
  if (index.type(kind) !== undefined) return kinds.complex
  return kinds.notLoaded
}

/** The complex type of a value, compiled at its first use. */
export function typeOfValue(compiler: TypeCompiler, value: CompiledValue): CompiledType {
  if (value.type !== undefined) return value.type
  const type = compileType(compiler, value.typeKey, value.selection)
  if (type === undefined) throw new TypeError(`The schema has no type ${value.typeKey}`)
  value.type = type
  return type
}
