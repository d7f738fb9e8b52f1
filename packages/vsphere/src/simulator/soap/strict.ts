import type { Row, TypeTable, XmlElement } from '@dcm/wire/xml'
import { invalidRequest } from '../fault.js'
import { type VimApi, vimNamespace } from './vim-api.js'

const xsiNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

const simpleForms: Readonly<Record<string, RegExp>> = {
  boolean: /^(true|false|1|0)$/,
  int: /^[+-]?\d{1,10}$/,
  short: /^[+-]?\d{1,5}$/,
  byte: /^[+-]?\d{1,3}$/,
  long: /^[+-]?\d{1,19}$/,
  double: /^([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|INF|-INF|NaN)$/,
  dateTime: /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
}

/**
 * Refuses what a vCenter refuses while it reads a call, before anything runs: elements that the type does not have, in
 * another order, twice, missing ones, values of another type, `xsi:type` that is unknown or no subtype. The texts are in
 * the manner of the platform, not recorded from it.
 */
export function checkStrictly(api: VimApi, element: XmlElement, typeKey: string, method: string): void {
  const table = api.index.type(typeKey)
  if (table === undefined) throw invalidRequest(`Unable to resolve WSDL method name ${method}`)
  const refuse: Refuse = (text) => {
    throw invalidRequest(`${text}\n\nwhile parsing call information for method ${method}\n\nwhile parsing SOAP body`)
  }
  checkChildren(api, element, table, refuse)
}

type Refuse = (text: string) => never

function checkChildren(api: VimApi, element: XmlElement, table: TypeTable, refuse: Refuse): undefined {
  const rows = table.rows.filter((row) => row.place === 'element')
  const seen = new Set<string>()
  let at = 0
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (child.trim() !== '') refuse(`Unexpected text inside ${element.name}`)
      continue
    }
    const place = rows.findIndex((row, index) => index >= at && row.name === child.name)
    const row = rows[place]
    if (row === undefined || (seen.has(row.name) && !row.list) || child.namespace !== vimNamespace)
      return refuse(`Unexpected element tag "${child.name}" seen`)
    seen.add(row.name)
    at = row.list ? place : place + 1
    checkValue(api, child, row, refuse)
  }
  const missing = rows.find((row) => row.required && !seen.has(row.name))
  if (missing !== undefined)
    refuse(`Required property ${missing.name} is missing from data object of type ${table.wireName}`)
}

function checkValue(api: VimApi, element: XmlElement, row: Row, refuse: Refuse): undefined {
  const stated = statedType(element)
  if (row.kind === 'any') {
    if (stated === undefined) return refuse(`Element ${element.name} must say its type in xsi:type`)
    return checkKind(api, element, stated, refuse)
  }
  const declared = api.index.type(row.kind)
  if (declared === undefined || stated === undefined) return checkKind(api, element, row.kind, refuse)
  const actual = api.index.typeOfWireName(vimNamespace, stated)
  if (actual === undefined) return refuse(`The type "${stated}" of ${element.name} is not known`)
  if (!extendsType(actual, declared)) return refuse(`Type ${stated} of ${element.name} is no ${declared.wireName}`)
  checkTable(api, element, actual, refuse)
}

/** The local name of `xsi:type`. */
function statedType(element: XmlElement): string | undefined {
  const attribute = element.attributes.find(({ name, namespace }) => name === 'type' && namespace === xsiNamespace)
  return attribute?.value.replace(/^.*:/, '').trim()
}

function extendsType(table: TypeTable, base: TypeTable): boolean {
  return table.key === base.key || (table.base !== undefined && extendsType(table.base, base))
}

function checkKind(api: VimApi, element: XmlElement, kind: string, refuse: Refuse): undefined {
  const table = api.index.typeOfWireName(vimNamespace, kind) ?? api.index.type(kind)
  if (table !== undefined) return checkTable(api, element, table, refuse)
  const text = element.children.join('').trim()
  if (element.children.some((child) => typeof child !== 'string')) {
    if (kind.startsWith('ArrayOf')) return
    return refuse(`Unexpected element inside ${element.name}, which is of type ${kind}`)
  }
  const form = simpleForms[kind]
  if (form !== undefined && !form.test(text)) refuse(`"${element.name}" is no value of type ${kind}`)
  const values = api.index.enumeration(kind)
  if (values !== undefined && !api.index.isOpen(kind) && !values.includes(text))
    refuse(`"${element.name}" is no value of enumeration ${kind}`)
}

function checkTable(api: VimApi, element: XmlElement, table: TypeTable, refuse: Refuse): undefined {
  if (!table.rows.some((row) => row.place === 'text')) return checkChildren(api, element, table, refuse)
  if (!element.attributes.some(({ name, namespace }) => name === 'type' && namespace === ''))
    refuse(`Attribute type is missing from reference ${element.name}`)
}
