import { attribute, attributeClass, isWhiteSpace, name, nameClass } from './byte-classes.js'
import { sliceAscii, sliceUtf8 } from './characters.js'
import { readReference } from './entities.js'
import { attributeNamespace, nameSlice } from './namespaces.js'
import { attributeStride, endOfBytes, fail, type ScanState, slot, syntax } from './scan-state.js'

/** Bits of the result of `scanAttributes`. */
export const found: { readonly declarations: 1; readonly notPlain: 2 } = { declarations: 1, notPlain: 2 }

/**
 * Scans the attributes from `index`, the byte after the element's name, up to and including `>` or `/>`.
 * Leaves `state.position` behind it; the result has the bits of `found`.
 */
export function scanAttributes(state: ScanState, index: number): number {
  const { bytes, limit } = state
  const tagStart = state.position
  let i = index
  let count = 0
  let prefixed = 0
  let findings = 0
  for (;;) {
    const before = i
    while (i < limit && isWhiteSpace(bytes[i])) i++
    if (i >= limit) endOfBytes(state, 'a start tag', tagStart)
    const first = bytes[i] as number
    if (first === 0x3e) {
      state.selfClosing = false
      i++
      break
    }
    if (first === 0x2f) {
      if (i + 1 >= limit) endOfBytes(state, 'a start tag', tagStart)
      if (bytes[i + 1] !== 0x3e) syntax(state, 'A slash inside a start tag', i)
      state.selfClosing = true
      i += 2
      break
    }
    if (before === i) syntax(state, 'No white space before an attribute', i)
    // name
    const nameStart = i
    let colon = -1
    let kind = nameClass[first] as number
    if (kind !== name.start && kind !== name.nonAscii) syntax(state, 'Something other than a name in a start tag', i)
    while (kind === name.start || kind === name.part) kind = nameClass[bytes[++i] as number] as number
    if (kind === name.colon || kind === name.nonAscii) {
      i = scanRareName(state, nameStart, tagStart)
      colon = state.colon
      if (colon !== -1) prefixed++
    }
    if (i >= limit) endOfBytes(state, 'a start tag', tagStart)
    const nameEnd = i
    if (nameEnd - nameStart > state.limits.maxNameBytes) tooLong(state, nameStart)
    // equals sign
    if (bytes[i] !== 0x3d) {
      while (i < limit && isWhiteSpace(bytes[i])) i++
      if (i >= limit) endOfBytes(state, 'a start tag', tagStart)
      if (bytes[i] !== 0x3d) syntax(state, 'An attribute without a value', i)
    }
    i++
    while (i < limit && isWhiteSpace(bytes[i])) i++
    if (i >= limit) endOfBytes(state, 'a start tag', tagStart)
    // value
    const quote = bytes[i] as number
    const endClass = attributeClass[quote] as number
    if (endClass !== attribute.doubleQuote && endClass !== attribute.singleQuote) {
      syntax(state, 'An attribute value without quotes', i)
    }
    const valueStart = ++i
    let plain = 1
    for (;;) {
      while (i < limit && attributeClass[bytes[i] as number] === attribute.plain) i++
      if (i >= limit) endOfBytes(state, 'an attribute value', valueStart)
      const stop = attributeClass[bytes[i] as number] as number
      if (stop === endClass) break
      if (stop === attribute.open) syntax(state, 'A < in an attribute value', i)
      if (stop === attribute.control && !state.keepControlCharacters) syntax(state, 'A control character', i)
      if (stop !== attribute.doubleQuote && stop !== attribute.singleQuote) plain = 0
      i++
    }
    if (i - valueStart > state.limits.maxTextBytes) {
      fail(
        state,
        'limit',
        `An attribute value longer than ${state.limits.maxTextBytes} bytes (maxTextBytes)`,
        valueStart,
      )
    }
    if (count >= state.limits.maxAttributes) {
      fail(state, 'limit', `More than ${state.limits.maxAttributes} attributes (maxAttributes)`, nameStart)
    }
    if (plain === 0) findings |= found.notPlain
    const at = count * attributeStride
    if (at >= state.attributes.length) growAttributes(state)
    const attributes = state.attributes
    attributes[at] = nameStart
    attributes[at + slot.nameEnd] = nameEnd
    attributes[at + slot.colon] = colon
    attributes[at + slot.valueStart] = valueStart
    attributes[at + slot.valueEnd] = i
    attributes[at + slot.plain] = plain
    count++
    if (first === 0x78 && nameEnd - nameStart >= 5 && bytes[nameStart + 4] === 0x73 && bytes[nameStart + 1] === 0x6d) {
      findings |= found.declarations
    }
    i++
  }
  state.attributeCount = count
  state.prefixedAttributes = prefixed
  state.position = i
  return findings
}

/**
 * Scans a name that has a colon or is not ASCII, and checks both its parts. Gives its end; the colon is left in `state.colon`.
 */
export function scanRareName(state: ScanState, nameStart: number, tagStart: number): number {
  const { bytes, limit } = state
  let i = nameStart
  let colon = -1
  let nonAscii = false
  for (;;) {
    const kind = i < limit ? nameClass[bytes[i] as number] : endOfBytes(state, 'a start tag', tagStart)
    if (kind === name.end) break
    if (kind === name.colon) {
      if (colon !== -1) syntax(state, 'A name with two colons', i)
      colon = i
    }
    if (kind === name.nonAscii) nonAscii = true
    i++
  }
  if (i - nameStart > state.limits.maxNameBytes) tooLong(state, nameStart)
  if (colon === nameStart) syntax(state, 'A name that begins with a colon', colon)
  if (colon !== -1) checkLocalPart(state, colon, i)
  if (nonAscii) checkParts(state, nameStart, colon, i)
  state.colon = colon
  return i
}

function growAttributes(state: ScanState): void {
  const larger = new Int32Array(state.attributes.length * 2)
  larger.set(state.attributes)
  state.attributes = larger
}

export function tooLong(state: ScanState, index: number): never {
  return fail(state, 'limit', `A name longer than ${state.limits.maxNameBytes} bytes (maxNameBytes)`, index)
}

/** The part behind a colon must be a name of its own. */
function checkLocalPart(state: ScanState, colon: number, nameEnd: number): void {
  const kind = colon + 1 < nameEnd ? nameClass[state.bytes[colon + 1] as number] : name.end
  if (kind !== name.start && kind !== name.nonAscii) syntax(state, 'A colon that is not followed by a name', colon)
}

/** Checks the non-ASCII characters of both parts of a name. */
function checkParts(state: ScanState, nameStart: number, colon: number, nameEnd: number): void {
  if (colon !== -1) nameSlice(state, nameStart, colon)
  nameSlice(state, colon === -1 ? nameStart : colon + 1, nameEnd)
}

/** Refuses a tag that names one attribute twice, by expanded name, so after its namespaces are bound. */
export function checkDuplicates(state: ScanState): void {
  const count = state.attributeCount
  if (count > 8) {
    checkManyDuplicates(state)
    return
  }
  const { attributes, bytes } = state
  for (let i = 1; i < count; i++) {
    const at = i * attributeStride
    const start = localStart(attributes, at)
    const length = (attributes[at + slot.nameEnd] as number) - start
    for (let k = 0; k < i; k++) {
      const other = k * attributeStride
      const otherStart = localStart(attributes, other)
      if ((attributes[other + slot.nameEnd] as number) - otherStart !== length) continue
      if (bytes.compare(bytes, start, start + length, otherStart, otherStart + length) !== 0) continue
      if (attributeNamespace(state, i) === attributeNamespace(state, k)) duplicate(state, attributes[at] as number)
    }
  }
}

function checkManyDuplicates(state: ScanState): void {
  const seen = new Set<string>()
  for (let i = 0; i < state.attributeCount; i++) {
    const key = `${attributeNamespace(state, i)}:${attributeLocalName(state, i)}`
    if (seen.has(key)) duplicate(state, state.attributes[i * attributeStride] as number)
    seen.add(key)
  }
}

function duplicate(state: ScanState, index: number): never {
  return syntax(state, 'The same attribute twice', index)
}

function localStart(attributes: Int32Array, at: number): number {
  const colon = attributes[at + slot.colon] as number
  return colon === -1 ? (attributes[at] as number) : colon + 1
}

/** Name of an attribute without its prefix. */
export function attributeLocalName(state: ScanState, index: number): string {
  const at = index * attributeStride
  return nameSlice(state, localStart(state.attributes, at), state.attributes[at + slot.nameEnd] as number)
}

/** Value of an attribute: references resolved, white space characters as blanks. */
export function attributeValue(state: ScanState, index: number): string {
  const at = index * attributeStride
  const start = state.attributes[at + slot.valueStart] as number
  const end = state.attributes[at + slot.valueEnd] as number
  if (state.attributes[at + slot.plain] === 1) return sliceAscii(state, start, end)
  let value = ''
  let from = start
  for (;;) {
    const ampersand = state.bytes.indexOf(0x26, from)
    const to = ampersand === -1 || ampersand >= end ? end : ampersand
    value += sliceUtf8(state, from, to).replace(/\r\n|[\r\n\t]/g, ' ')
    if (to === end) return value
    value += readReference(state, to)
    from = state.textEnd
    if (from > end) syntax(state, 'An ampersand that does not begin a reference', to)
  }
}
