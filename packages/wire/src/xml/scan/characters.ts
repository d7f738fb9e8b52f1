import { isUtf8 } from 'node:buffer'
import { text, textClass } from './byte-classes.js'
import { fail, type ScanState, syntax } from './scan-state.js'
import { latin1Slice, utf8Slice } from './slices.js'

// Indexing `bytes` below `limit` always gives a number; the casts in the scan folder say just that.

const notCharacters = /[\ufffe\uffff]/
const nameStartCharacter =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const localName = new RegExp(
  `^[${nameStartCharacter}][-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}${nameStartCharacter}]*$`,
  'u',
)

/** True for a name without colon that XML allows. */
export function isLocalName(value: string): boolean {
  return localName.test(value)
}

/** Text of a range that may hold any valid UTF-8. */
export function sliceUtf8(state: ScanState, start: number, end: number): string {
  const value = utf8Slice(state.bytes, start, end)
  // The replacement character shows that bytes were invalid, unless the document holds one itself.
  if (value.includes('\ufffd') && !isUtf8(state.bytes.subarray(start, end))) {
    fail(state, 'encoding', 'Bytes that are not valid UTF-8', firstInvalid(state, start, end))
  }
  if (notCharacters.test(value)) syntax(state, 'A character that XML does not allow', start)
  return value
}

function firstInvalid(state: ScanState, start: number, end: number): number {
  let low = start
  let high = end
  // The longest valid prefix, found by halving; a cut inside a character counts as invalid, so step back at the end.
  while (high - low > 4) {
    const middle = (low + high) >> 1
    let cut = middle
    while (cut > low && ((state.bytes[cut] as number) & 0xc0) === 0x80) cut--
    if (cut > low && isUtf8(state.bytes.subarray(low, cut))) low = cut
    else high = middle
  }
  return low
}

/** Checks the characters of a comment, CDATA section or instruction and gives its text, line ends as line feeds. */
export function sliceCharacters(state: ScanState, start: number, end: number): string {
  const bytes = state.bytes
  let ascii = true
  let carriageReturn = false
  for (let i = start; i < end; i++) {
    const kind = textClass[bytes[i] as number]
    if (kind === text.nonAscii) ascii = false
    else if (kind === text.carriageReturn) carriageReturn = true
    else if (kind === text.control && !state.keepControlCharacters) syntax(state, 'A control character', i)
  }
  const value = ascii ? latin1Slice(bytes, start, end) : sliceUtf8(state, start, end)
  return carriageReturn ? normalizeLineEnds(value) : value
}

/** Carriage return, alone or before a line feed, is one line feed. */
export function normalizeLineEnds(value: string): string {
  return value.replace(/\r\n?/g, '\n')
}

/** Adds up to 80 bytes of plain ASCII to the table of recent strings, and gives the string. */
export function sliceAscii(state: ScanState, start: number, end: number): string {
  const length = end - start
  if (length === 0) return ''
  if (length > 80) return latin1Slice(state.bytes, start, end)
  const bytes = state.bytes
  const middle = start + (length >> 1)
  const first = bytes[start] as number
  const last = bytes[end - 1] as number
  const central = bytes[middle] as number
  const quarter = bytes[start + (length >> 2)] as number
  const beforeLast = length > 1 ? (bytes[end - 2] as number) : 0
  const hash =
    Math.imul(first + (last << 6) + (central << 12) + (beforeLast << 17) + (quarter << 23) + length, 0x9e3779b1) >>> 24
  const recent = state.recent[hash]
  if (recent !== undefined && recent.length === length) {
    let i = 0
    while (i < length && recent.charCodeAt(i) === bytes[start + i]) i++
    if (i === length) return recent
  }
  const value = latin1Slice(bytes, start, end)
  state.recent[hash] = value
  return value
}
