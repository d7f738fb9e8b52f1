import { attributeValue, checkDuplicates, found, scanAttributes, scanRareName, tooLong } from './attributes.js'
import { isWhiteSpace, name, nameClass } from './byte-classes.js'
import { attributeNamespace, bindDeclarations, resolvePrefix } from './namespaces.js'
import { endOfBytes, type ScanState, syntax } from './scan-state.js'

/**
 * Scans the start tag whose `<` stands at `state.position`: name, attributes, namespace bindings. Leaves the position
 * behind the tag. Whoever closes the element must `unbind` to the binding count from before.
 */
export function scanStartTag(state: ScanState): void {
  const { bytes, limit, position } = state
  const nameStart = position + 1
  let i = nameStart
  if (i >= limit) endOfBytes(state, 'a start tag', position)
  let kind = nameClass[bytes[i] as number] as number
  if (kind !== name.start && kind !== name.nonAscii) syntax(state, 'A < that does not begin a tag', position)
  while (kind === name.start || kind === name.part) kind = nameClass[bytes[++i] as number] as number
  if (kind === name.colon || kind === name.nonAscii) {
    i = scanRareName(state, nameStart, position)
    scanTagRest(state, i, state.colon)
    return
  }
  if (i >= limit) endOfBytes(state, 'a start tag', position)
  scanTagRest(state, i, -1)
}

/** Scans a start tag at `state.position` from the end of its name on. */
export function scanTagRest(state: ScanState, nameEnd: number, colon: number): void {
  const nameStart = state.position + 1
  if (nameEnd - nameStart > state.limits.maxNameBytes) tooLong(state, nameStart)
  if (state.bytes[nameEnd] === 0x3e) {
    state.attributeCount = 0
    state.prefixedAttributes = 0
    state.selfClosing = false
    state.position = nameEnd + 1
  } else {
    const findings = scanAttributes(state, nameEnd)
    if ((findings & found.declarations) !== 0) bindDeclarations(state)
    if ((findings & found.notPlain) !== 0) for (let k = 0; k < state.attributeCount; k++) attributeValue(state, k)
    if (state.attributeCount > 1) checkDuplicates(state)
    if (state.prefixedAttributes > 0) for (let k = 0; k < state.attributeCount; k++) attributeNamespace(state, k)
  }
  state.nameStart = nameStart
  state.nameEnd = nameEnd
  state.colon = colon
  state.namespace = colon === -1 ? state.defaultNamespace : resolvePrefix(state, nameStart, colon)
}

/** Scans the end tag at `state.position`, which must close the element whose name lies at the given range. */
export function scanEndTag(state: ScanState, nameStart: number, nameEnd: number): void {
  scanEndTagOf(state, state.bytes, nameStart, nameEnd)
}

/** The same where the name of the open element was kept elsewhere. */
export function scanEndTagOf(state: ScanState, names: Uint8Array, nameStart: number, nameEnd: number): void {
  const { bytes, limit } = state
  const start = state.position
  let i = start + 2
  for (let k = nameStart; k < nameEnd; k++, i++) {
    if (bytes[i] !== names[k]) {
      if (i >= limit) endOfBytes(state, 'an end tag', start)
      syntax(state, 'An end tag that does not fit the open element', start)
    }
  }
  if (bytes[i] === 0x3e) {
    state.position = i + 1
    return
  }
  while (i < limit && isWhiteSpace(bytes[i])) i++
  if (i >= limit) endOfBytes(state, 'an end tag', start)
  if (bytes[i] !== 0x3e) syntax(state, 'An end tag that does not fit the open element', start)
  state.position = i + 1
}
