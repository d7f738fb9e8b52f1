import type { XmlAttribute, XmlElement } from '../element.js'
import type { XmlSchema } from '../schema/schema-part.js'
import { indexOfSchema, type Row, type SchemaIndex, type TypeTable } from '../schema/type-table.js'

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

/**
 * What the decoder should give for an element, computed the obvious way from a tree that another parser made. Knows enough for
 * documents without unknown subtypes. Absent properties are left out, and so must be ignored when comparing.
 */
export function decodeByTable(schema: XmlSchema, key: string, element: XmlElement): unknown {
  return decodeKind(indexOfSchema(schema), key, element)
}

function xsiAttribute(element: XmlElement, name: string): XmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.namespace === xsi && attribute.name === name)
}

function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}

function decodeKind(index: SchemaIndex, kind: string, element: XmlElement): unknown {
  const table = index.type(kind)
  if (table !== undefined) {
    const name = xsiAttribute(element, 'type')?.value.replace(/^.*:/, '')
    return decodeObject(index, (name === undefined ? undefined : index.type(name)) ?? table, element)
  }
  if (kind === 'any') return decodeAny(index, element)
  if (kind === 'raw') return element
  return decodeText(index, kind, textOf(element))
}

function decodeAny(index: SchemaIndex, element: XmlElement): unknown {
  const type = xsiAttribute(element, 'type')?.value.replace(/^.*:/, '')
  if (type === undefined)
    return element.children.every((child) => typeof child === 'string') ? textOf(element) : element
  if (type.startsWith('ArrayOf')) {
    const item = type.slice(7)
    const kind =
      index.type(item) === undefined && index.enumeration(item) === undefined
        ? item[0]?.toLowerCase() + item.slice(1)
        : item
    if (kind !== item && !isXsdType(kind)) return { _type: '$unknown', typeName: type, base: undefined, raw: element }
    return element.children
      .filter((child) => typeof child !== 'string')
      .map((child) => decodeKind(index, kind === 'anyType' ? 'any' : kind, child))
  }
  const known = isXsdType(type) || index.type(type) !== undefined || index.enumeration(type) !== undefined
  if (!known) return { _type: '$unknown', typeName: type, base: undefined, raw: element }
  return decodeKind(index, type === 'anyType' ? 'any' : type, element)
}

function isXsdType(name: string): boolean {
  return ['string', 'boolean', 'int', 'short', 'byte', 'long', 'float', 'double', 'dateTime', 'anyType'].includes(name)
}

function decodeText(index: SchemaIndex, kind: string, text: string): unknown {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  if (kind === 'string') return text
  if (index.enumeration(kind) !== undefined || ['token', 'dateTime', 'base64'].includes(kind)) return trimmed
  if (trimmed === '') return undefined
  if (kind === 'boolean') return trimmed === 'true' || trimmed === '1'
  if (kind === 'bigint' || (kind === 'long' && !Number.isSafeInteger(Number(trimmed)))) return BigInt(trimmed)
  if (['int', 'short', 'byte', 'long', 'double', 'float'].includes(kind)) return Number(trimmed)
  throw new Error(`no rule for ${kind}`)
}

function decodeObject(index: SchemaIndex, table: TypeTable, element: XmlElement): Record<string, unknown> {
  const object: Record<string, unknown> = table.tagged ? { _type: table.key } : {}
  for (const row of table.rows) if (row.list) object[row.property] = []
  const put = (row: Row, value: unknown): void => {
    if (value === undefined) return
    if (row.list) (object[row.property] as unknown[]).push(value)
    else object[row.property] = value
  }
  for (const row of table.rows) {
    const attribute = element.attributes.find(({ name, namespace }) => namespace === '' && name === row.name)
    if (row.place === 'attribute' && attribute !== undefined) put(row, decodeText(index, row.kind, attribute.value))
    if (row.place === 'text') put(row, decodeText(index, row.kind, textOf(element)))
  }
  for (const child of element.children) {
    if (typeof child === 'string') continue
    const row = table.rows.find(
      ({ place, name, namespace }) => place === 'element' && name === child.name && namespace === child.namespace,
    )
    if (row !== undefined && row.kind !== 'skip') put(row, decodeKind(index, row.kind, child))
    const any = table.rows.find(({ place }) => place === 'any')
    if (row === undefined && any !== undefined) {
      const kind =
        index.element(child.namespace, child.name) ?? (xsiAttribute(child, 'type') === undefined ? 'raw' : 'any')
      put(any, { name: child.name, value: decodeKind(index, kind, child) })
    }
  }
  return object
}
