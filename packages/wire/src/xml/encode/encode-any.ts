import { xsdUri } from '../scan/scan-state.js'
import type { EncodeContext } from './encode-context.js'
import { XmlEncodeError } from './encode-error.js'
import { isSimpleKind } from './encode-simple.js'

/** A value for a place of any type whose type is not that which its JavaScript form suggests. */
export interface TypedValue {
  readonly _type: '$value'
  /** `xsd:short`, the key of a type, an enumeration, or `ArrayOf...`. */
  readonly type: string
  readonly value: unknown
}

/** States the type of a value for a place of any type: `typedValue('xsd:long', 5)`. */
export function typedValue(type: string, value: unknown): TypedValue {
  return { _type: '$value', type, value }
}

/** What to write for a value whose place does not say its type. */
export interface AnyType {
  /** Wire name and namespace for `xsi:type`. */
  readonly namespace: string
  readonly name: string
  /** Kind of the value, or of each item of a list. */
  readonly kind: string
  /** Element name of the items, for lists. */
  readonly item: string | undefined
  readonly value: unknown
}

const xsdNames: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['boolean', 'boolean'],
  ['int', 'int'],
  ['short', 'short'],
  ['byte', 'byte'],
  ['long', 'long'],
  ['float', 'double'],
  ['double', 'double'],
  ['dateTime', 'dateTime'],
  ['base64Binary', 'base64'],
  ['anyURI', 'token'],
])

/** Decides the type: `_type` and `typedValue` say it, other values suggest it (`xsd:string`, `boolean`, `int` or `long`, `double`). */
export function typeOfAny(context: EncodeContext, namespace: string, value: unknown, path: string): AnyType {
  if (typeof value === 'string') return xsd('string', value)
  if (typeof value === 'boolean') return xsd('boolean', value)
  if (typeof value === 'bigint') return xsd('long', value)
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return xsd('double', value)
    return xsd(Math.abs(value) <= 0x7fffffff ? 'int' : 'long', value)
  }
  if (Array.isArray(value)) return typeOfList(context, namespace, value, path)
  const stated = typeof value === 'object' && value !== null && '_type' in value ? value._type : undefined
  if (typeof stated !== 'string')
    throw new XmlEncodeError(path, 'must say its type in _type, or be made with typedValue()')
  if (stated !== '$value') return named(context, namespace, stated, value, path)
  const typed = value as TypedValue // has the tag that only typedValue() gives
  if (typed.type.startsWith('xsd:')) {
    const name = typed.type.slice(4)
    const kind = xsdNames.get(name)
    if (kind === undefined) throw new XmlEncodeError(path, 'has a type of XML Schema that is not supported')
    return { namespace: xsdUri, name, kind, item: undefined, value: typed.value }
  }
  if (typed.type.startsWith('ArrayOf') && Array.isArray(typed.value))
    return listOf(context, namespace, typed.type.slice(7), typed.value, path)
  return named(context, namespace, typed.type, typed.value, path)
}

function xsd(name: string, value: unknown): AnyType {
  return { namespace: xsdUri, name, kind: xsdNames.get(name) ?? name, item: undefined, value }
}

function named(context: EncodeContext, namespace: string, key: string, value: unknown, path: string): AnyType {
  const table = context.index.type(key)
  if (table !== undefined)
    return { namespace: table.namespace, name: table.wireName, kind: key, item: undefined, value }
  if (!isSimpleKind(context.index, key)) throw new XmlEncodeError(path, 'says a type that the schema does not have')
  return { namespace, name: key, kind: key, item: undefined, value }
}

function typeOfList(context: EncodeContext, namespace: string, value: readonly unknown[], path: string): AnyType {
  const first = value[0]
  if (first === undefined)
    throw new XmlEncodeError(path, "is an empty list, which does not tell its type: use typedValue('ArrayOf...', [])")
  const { name } = typeOfAny(context, namespace, first, `${path}[0]`)
  return listOf(context, namespace, name.charAt(0).toUpperCase() + name.slice(1), value, path)
}

function listOf(
  context: EncodeContext,
  namespace: string,
  item: string,
  value: readonly unknown[],
  path: string,
): AnyType {
  const lower = item.charAt(0).toLowerCase() + item.slice(1)
  const primitive = item === 'AnyType' ? 'any' : xsdNames.get(lower)
  const known = context.index.type(item) ?? context.index.enumeration(item)
  if (known !== undefined) return { namespace, name: `ArrayOf${item}`, kind: item, item, value }
  if (primitive === undefined) throw new XmlEncodeError(path, 'is a list of a type that the schema does not have')
  return { namespace, name: `ArrayOf${item}`, kind: primitive, item: lower, value }
}
