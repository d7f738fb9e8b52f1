import { attributeValue } from './attributes.js'
import { isLocalName, sliceAscii } from './characters.js'
import {
  attributeStride,
  fail,
  noNamespace,
  type ScanState,
  slot,
  syntax,
  xmlNamespace,
  xmlnsNamespace,
} from './scan-state.js'
import { utf8Slice } from './slices.js'

/** The id of a URI, a new one if the document is the first to name it. */
export function namespaceId(state: ScanState, uri: string): number {
  const known = state.uriIds.get(uri) ?? state.ownUriIds?.get(uri)
  if (known !== undefined) return known
  if (state.ownUriIds === undefined) {
    state.ownUriIds = new Map()
    state.uris = [...state.uris]
  }
  const id = state.uris.length
  state.uris.push(uri)
  state.ownUriIds.set(uri, id)
  return id
}

/** The id a prefix is bound to, -1 when it is not bound. */
export function lookUpPrefix(state: ScanState, prefix: string): number {
  for (let i = state.bindingCount - 1; i >= 0; i--) {
    if (state.prefixes[i] === prefix) return state.prefixNamespaces[i] as number
  }
  return -1
}

export function resolvePrefix(state: ScanState, start: number, end: number): number {
  const { bytes } = state
  const length = end - start
  for (let i = state.bindingCount - 1; i >= 0; i--) {
    const prefix = state.prefixes[i] as string // in range: below bindingCount
    if (prefix.length !== length) continue
    let k = 0
    while (k < length && prefix.charCodeAt(k) === bytes[start + k]) k++
    if (k === length) return state.prefixNamespaces[i] as number
  }
  // A prefix beyond ASCII, whose bytes are not its characters, or none.
  const id = lookUpPrefix(state, nameSlice(state, start, end))
  if (id < 0) syntax(state, 'A prefix that is not bound to a namespace', start)
  return id
}

/** Binds what the attributes `xmlns` and `xmlns:x` of the last start tag declare. */
export function bindDeclarations(state: ScanState): void {
  for (let i = 0; i < state.attributeCount; i++) {
    const at = i * attributeStride
    const nameStart = state.attributes[at + slot.nameStart] as number
    const colon = state.attributes[at + slot.colon] as number
    if (!isDeclaration(state, at)) continue
    const uri = attributeValue(state, i)
    if (colon === -1) {
      const id = namespaceId(state, uri)
      if (id === xmlNamespace || id === xmlnsNamespace)
        syntax(state, 'A reserved namespace as default namespace', nameStart)
      bind(state, '', id)
      state.defaultNamespace = id
      continue
    }
    const prefix = nameSlice(state, colon + 1, state.attributes[at + slot.nameEnd] as number)
    const id = namespaceId(state, uri)
    if (prefix === 'xmlns' || id === xmlnsNamespace || (prefix === 'xml') !== (id === xmlNamespace)) {
      syntax(state, 'A reserved prefix or namespace that is bound to something else', nameStart)
    }
    if (id === noNamespace) syntax(state, 'A prefix bound to the empty namespace', nameStart)
    bind(state, prefix, id)
  }
}

function bind(state: ScanState, prefix: string, id: number): void {
  state.prefixes[state.bindingCount] = prefix
  state.prefixNamespaces[state.bindingCount] = id
  state.bindingCount++
}

/** Forgets the bindings made since `count`. */
export function unbind(state: ScanState, count: number): void {
  if (state.bindingCount === count) return
  state.bindingCount = count
  state.defaultNamespace = noNamespace
  for (let i = count - 1; i >= 0; i--) {
    if (state.prefixes[i] !== '') continue
    state.defaultNamespace = state.prefixNamespaces[i] as number
    return
  }
}

/** True when the attribute whose slots start at `at` is named `xmlns` or `xmlns:...`. */
export function isDeclaration(state: ScanState, at: number): boolean {
  const { attributes, bytes } = state
  const start = attributes[at + slot.nameStart] as number
  const colon = attributes[at + slot.colon] as number
  const end = colon === -1 ? (attributes[at + slot.nameEnd] as number) : colon
  return (
    end - start === 5 &&
    bytes[start] === 0x78 &&
    bytes[start + 1] === 0x6d &&
    bytes[start + 2] === 0x6c &&
    bytes[start + 3] === 0x6e &&
    bytes[start + 4] === 0x73
  )
}

/** Namespace id of an attribute; without a prefix it is in none. */
export function attributeNamespace(state: ScanState, index: number): number {
  const at = index * attributeStride
  const colon = state.attributes[at + slot.colon] as number
  if (colon === -1) return isDeclaration(state, at) ? xmlnsNamespace : noNamespace
  if (isDeclaration(state, at)) return xmlnsNamespace
  return resolvePrefix(state, state.attributes[at + slot.nameStart] as number, colon)
}

/** Text of a name or a part of one, checked where it is not ASCII. */
export function nameSlice(state: ScanState, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if ((state.bytes[i] as number) >= 0x80) {
      const value = utf8Slice(state.bytes, start, end)
      if (!isLocalName(value)) fail(state, 'syntax', 'A name with a character that names do not allow', i)
      return value
    }
  }
  return sliceAscii(state, start, end)
}
