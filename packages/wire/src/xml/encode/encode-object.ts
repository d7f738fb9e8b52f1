import type { XmlElement } from '../element.js'
import { xsdUri, xsiUri } from '../scan/scan-state.js'
import { extendsType, type Row, type TypeTable } from '../schema/type-table.js'
import { typeOfAny } from './encode-any.js'
import { type EncodeContext, joinPath } from './encode-context.js'
import { XmlEncodeError } from './encode-error.js'
import { isSimpleKind, simpleText } from './encode-simple.js'
import { escapeAttribute, escapeText } from './escape.js'
import { writeXml } from './write-element.js'

const deepest = 200

/** An element about to be written: its name, its namespace, and the default namespace around it. */
export interface ElementPlace {
  readonly name: string
  readonly namespace: string
  readonly outer: string
}

/** Writes one element with a value of the kind. */
export function encodeElement(
  context: EncodeContext,
  place: ElementPlace,
  kind: string,
  value: unknown,
  path: string,
): void {
  if (kind === 'any') {
    encodeAny(context, place, value, path)
    return
  }
  if (kind === 'raw') {
    context.out.push(writeXml(asElement(value, path), place.outer))
    return
  }
  if (isSimpleKind(context.index, kind)) {
    openTag(context, place)
    closeText(context, place, simpleText(context, kind, value, path))
    return
  }
  const declared = context.index.type(kind)
  if (declared === undefined)
    throw new XmlEncodeError(path, `is a ${kind}, which no loaded part of the schema has: load the part`)
  const object = asObject(value, path)
  const actual = actualType(context, declared, object, path)
  openTag(context, place)
  if (actual !== declared) writeType(context, place, actual.namespace, actual.wireName)
  encodeContent(context, place, actual, object, path)
}

function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new XmlEncodeError(path, 'must be an object')
  return value as Readonly<Record<string, unknown>> // an object, seen by its properties
}

function asElement(value: unknown, path: string): XmlElement {
  const object = asObject(value, path)
  if (typeof object.name !== 'string' || !Array.isArray(object.children))
    throw new XmlEncodeError(path, 'must be an XML element')
  return object as unknown as XmlElement // has what tells an element
}

/** The type an object says to have, which must be the declared one or extend it. */
function actualType(
  context: EncodeContext,
  declared: TypeTable,
  object: Readonly<Record<string, unknown>>,
  path: string,
): TypeTable {
  const stated = Object.hasOwn(object, '_type') ? object._type : undefined
  if (stated === undefined || stated === declared.key) return declared
  const table = typeof stated === 'string' ? context.index.type(stated) : undefined
  if (table === undefined || !extendsType(table, declared)) {
    throw new XmlEncodeError(path, `must be a ${declared.key} or a type that extends it`)
  }
  return table
}

function openTag(context: EncodeContext, { name, namespace, outer }: ElementPlace): void {
  context.out.push('<', name)
  if (namespace !== outer) context.out.push(' xmlns="', escapeAttribute(namespace), '"')
}

function closeText(context: EncodeContext, { name }: ElementPlace, text: string): void {
  if (text === '') context.out.push('/>')
  else context.out.push('>', escapeText(text), '</', name, '>')
}

/** The prefix for a namespace: bound at the root, or here. */
function prefixOf(context: EncodeContext, namespace: string, fallback: string): string {
  const bound = context.prefixes.get(namespace)
  if (bound !== undefined) return bound
  context.out.push(` xmlns:${fallback}="`, escapeAttribute(namespace), '"')
  return fallback
}

/** Inside an element its namespace is the default one, so types of it need no prefix. */
function writeType(context: EncodeContext, place: ElementPlace, namespace: string, name: string): void {
  const xsi = prefixOf(context, xsiUri, 'xsi')
  if (namespace === place.namespace) {
    context.out.push(` ${xsi}:type="${name}"`)
    return
  }
  const prefix = prefixOf(context, namespace, namespace === xsdUri ? 'xsd' : 't')
  context.out.push(` ${xsi}:type="${prefix}:${name}"`)
}

function encodeAny(context: EncodeContext, place: ElementPlace, value: unknown, path: string): void {
  const type = typeOfAny(context, place.namespace, value, path)
  openTag(context, place)
  writeType(context, place, type.namespace, type.name)
  if (type.item !== undefined) {
    context.out.push('>')
    const inner = { name: type.item, namespace: place.namespace, outer: place.namespace }
    const items = type.value as readonly unknown[] // the type is a list's only for lists
    items.forEach((item, index) => {
      encodeElement(context, inner, type.kind, item, `${path}[${index}]`)
    })
    context.out.push('</', place.name, '>')
    return
  }
  const table = context.index.type(type.kind)
  if (table !== undefined) encodeContent(context, place, table, asObject(type.value, path), path)
  else closeText(context, place, simpleText(context, type.kind, type.value, path))
}

/** The rest of an element of a complex type: attributes, then children in schema order. */
function encodeContent(
  context: EncodeContext,
  place: ElementPlace,
  table: TypeTable,
  object: Readonly<Record<string, unknown>>,
  path: string,
): void {
  if (context.depth.value >= deepest)
    throw new XmlEncodeError(path, `lies deeper than ${deepest} objects: is it part of itself?`)
  context.depth.value++
  refuseUnknown(table, object, path)
  for (const name of table.constructed) {
    const value = context.constructed[name]
    if (value !== undefined) context.out.push(` ${name}="`, escapeAttribute(value), '"')
  }
  let text: string | undefined
  for (const row of table.rows) {
    if (row.place === 'element' || row.place === 'any') continue
    const value = read(object, row, path)
    if (value === undefined) continue
    const content = simpleText(context, row.kind, value, joinPath(path, row.property))
    if (row.place === 'text') text = content
    else context.out.push(` ${row.name}="`, escapeAttribute(content), '"')
  }
  if (text !== undefined) {
    closeText(context, place, text)
    context.depth.value--
    return
  }
  const opened = context.out.push('>')
  for (const row of table.rows) encodeRow(context, row, object, place.namespace, path)
  if (context.out.length === opened) context.out[opened - 1] = '/>'
  else context.out.push('</', place.name, '>')
  context.depth.value--
}

function encodeRow(
  context: EncodeContext,
  row: Row,
  object: Readonly<Record<string, unknown>>,
  outer: string,
  path: string,
): void {
  if (row.place === 'any') {
    encodeOpenContent(context, object[row.property], outer, joinPath(path, row.property))
    return
  }
  if (row.place !== 'element') return
  if (row.kind === 'skip') {
    const placeholder = context.placeholders[row.name]
    if (placeholder !== undefined) context.out.push(placeholder)
    return
  }
  const value = read(object, row, path)
  if (value === undefined) return
  const place = { name: row.name, namespace: row.namespace, outer }
  const inner = joinPath(path, row.property)
  if (!row.list) {
    encodeElement(context, place, row.kind, value, inner)
    return
  }
  if (!Array.isArray(value)) throw new XmlEncodeError(inner, 'must be a list')
  value.forEach((item, index) => {
    encodeElement(context, place, row.kind, item, `${inner}[${index}]`)
  })
}

/** The value of a row; null counts as absent, as in answers that were JSON in between. */
function read(object: Readonly<Record<string, unknown>>, row: Row, path: string): unknown {
  const value = Object.hasOwn(object, row.property) ? (object[row.property] ?? undefined) : undefined
  const missing = value === undefined || (row.list && Array.isArray(value) && value.length === 0)
  if (missing && row.required) throw new XmlEncodeError(joinPath(path, row.property), 'is required')
  return value
}

/** Properties that the type does not have would be lost in silence, so they are refused. */
function refuseUnknown(table: TypeTable, object: Readonly<Record<string, unknown>>, path: string): void {
  for (const property of Object.keys(object)) {
    if (property === '_type' || object[property] === undefined || object[property] === null) continue
    if (property === '$attributes') continue
    if (property === '$unknown') {
      throw new XmlEncodeError(
        joinPath(path, property),
        'cannot be encoded: change documents with unknown elements by patching them',
      )
    }
    if (!table.rows.some((row) => row.property === property)) {
      throw new XmlEncodeError(joinPath(path, property), `is not a property of ${table.key}`)
    }
  }
}

function encodeOpenContent(context: EncodeContext, value: unknown, outer: string, path: string): void {
  if (value === undefined || value === null) return
  const { name, value: inner } = asObject(value, path)
  if (typeof name !== 'string') throw new XmlEncodeError(path, 'must name its element')
  for (const uri of context.index.uris) {
    const kind = context.index.element(uri, name)
    if (kind === undefined) continue
    encodeElement(context, { name, namespace: uri, outer }, kind, inner, joinPath(path, name))
    return
  }
  throw new XmlEncodeError(path, 'names an element that is not a global element of the schema')
}
