import { typedValue } from '@dcm/wire/xml'
import { vimFault } from '../fault.js'
import type { VimApi } from '../soap/vim-api.js'
import { type ManagedObject, readProperty } from '../world/managed-object.js'

export interface Found {
  readonly kind: string
  readonly list: boolean
  /** Undefined when the property, or one above it, is not set. */
  readonly value: unknown
}

/** Reads a path such as `config.hardware.numCPU` or `config.hardware.device[4000]`. Throws InvalidProperty for one that no such object has. */
export function readPath(api: VimApi, object: ManagedObject, path: string): Found {
  const [first = '', ...rest] = splitPath(path)
  const facts = api.property(object.ref.type, first)
  if (facts === undefined) throw invalidProperty(path)
  let found: Found = { ...facts, value: readProperty(object, first) }
  for (const step of rest) {
    const item = found.list ? keyedItem(found, step) : undefined
    found = item ?? member(api, found, step, path)
  }
  return found
}

const invalidProperty = (name: string): Error =>
  vimFault('InvalidProperty', { name }, `The property ${name} is not valid`)

/** Steps between the dots; a key in brackets is a step of its own. */
function splitPath(path: string): string[] {
  return path.match(/\["[^"]*"\]|\[[^\]]*\]|[^.[]+/g) ?? []
}

function keyedItem(found: Found, step: string): Found | undefined {
  const key = /^\["?(.*?)"?\]$/.exec(step)?.[1]
  if (key === undefined) return undefined
  const items = Array.isArray(found.value) ? found.value : []
  const value: unknown = items.find((item) => isRecord(item) && String(item.key) === key)
  return { kind: found.kind, list: false, value }
}

function member(api: VimApi, found: Found, step: string, path: string): Found {
  if (found.list || step.startsWith('[')) throw invalidProperty(path)
  const value = isRecord(found.value) ? found.value : undefined
  const actual = typeof value?._type === 'string' ? value._type : found.kind
  const row = api.index.type(actual)?.rows.find((each) => each.property === step && each.place === 'element')
  if (row === undefined) throw invalidProperty(path)
  return { kind: row.kind, list: row.list, value: value?.[step] }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const xsdKinds = new Set(['string', 'boolean', 'int', 'short', 'byte', 'long', 'double', 'dateTime'])

/** The value in the form that the encoder takes for a place of any type; undefined when there is nothing to send. */
export function toAny({ kind, list, value }: Found): unknown {
  if (value === undefined || value === null) return undefined
  if (list) {
    if (Array.isArray(value) && value.length === 0) return undefined
    return typedValue(`ArrayOf${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, value)
  }
  if (kind === 'any') return value
  if (xsdKinds.has(kind)) return typedValue(`xsd:${kind}`, value)
  if (kind === 'base64') return typedValue('xsd:base64Binary', value)
  return isRecord(value) && typeof value._type === 'string' ? value : typedValue(kind, value)
}
