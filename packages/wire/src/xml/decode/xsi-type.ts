import { attributeValue } from '../scan/attributes.js'
import { lookUpPrefix, resolvePrefix } from '../scan/namespaces.js'
import { attributeStride, type ScanState, slot, syntax, xsiNamespace } from '../scan/scan-state.js'
import { trimXml } from './read-simple.js'

/** Index of the `xsi:type` attribute of the last start tag, -1 without one. */
export function findXsiType(state: ScanState): number {
  return findXsi(state, 0x74, 0x79, 0x70, 0x65, 4)
}

/** True when the last start tag says `xsi:nil="true"`. */
export function isNil(state: ScanState): boolean {
  const index = findXsi(state, 0x6e, 0x69, 0x6c, -1, 3)
  if (index === -1) return false
  const value = trimXml(attributeValue(state, index))
  return value === 'true' || value === '1'
}

function findXsi(state: ScanState, a: number, b: number, c: number, d: number, length: number): number {
  if (state.prefixedAttributes === 0) return -1
  const { attributes, bytes } = state
  for (let i = 0; i < state.attributeCount; i++) {
    const at = i * attributeStride
    const colon = attributes[at + slot.colon] as number // in range: below attributeCount
    if (colon === -1 || (attributes[at + slot.nameEnd] as number) - colon - 1 !== length) continue
    if (bytes[colon + 1] !== a || bytes[colon + 2] !== b || bytes[colon + 3] !== c) continue
    if (d !== -1 && bytes[colon + 4] !== d) continue
    if (isXmlnsPrefix(bytes, attributes[at] as number, colon)) continue
    if (resolvePrefix(state, attributes[at] as number, colon) === xsiNamespace) return i
  }
  return -1
}

function isXmlnsPrefix(bytes: Buffer, start: number, colon: number): boolean {
  return colon - start === 5 && bytes[start] === 0x78 && bytes[start + 1] === 0x6d && bytes[start + 4] === 0x73
}

/** A type named by an attribute, its prefix resolved. */
export interface TypeName {
  readonly namespace: number
  readonly name: string
}

/** The parts of a type name as written. */
export interface WrittenName {
  readonly prefix: string | undefined
  readonly name: string
}

/** `written` remembers the parts of names, so that each known one is taken apart once. */
export function readTypeName(state: ScanState, index: number, written: Map<string, WrittenName>): TypeName {
  const text = attributeValue(state, index)
  let parts = written.get(text)
  if (parts === undefined) {
    parts = splitName(trimXml(text))
    // A document must not fill our memory with names.
    if (written.size < 2000 && text.length < 200) written.set(text, parts)
  }
  if (parts.prefix === undefined) return { namespace: state.defaultNamespace, name: parts.name }
  const namespace = lookUpPrefix(state, parts.prefix)
  if (namespace === -1) {
    syntax(state, 'An xsi:type with a prefix that is not bound', state.attributes[index * attributeStride] as number)
  }
  return { namespace, name: parts.name }
}

function splitName(text: string): WrittenName {
  const colon = text.indexOf(':')
  return colon === -1
    ? { prefix: undefined, name: text }
    : { prefix: text.slice(0, colon), name: text.slice(colon + 1) }
}
