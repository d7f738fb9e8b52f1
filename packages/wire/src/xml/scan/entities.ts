import { endOfBytes, type ScanState, syntax } from './scan-state.js'
import { latin1Slice } from './slices.js'

const longestReference = 12 // "&#x0010FFFF;" with a leading zero or two; longer ones are checked below

/**
 * Reads the reference whose `&` stands at `index` and gives its character. `state.textEnd` is left behind its semicolon.
 * Only the five predefined entities exist, because document type declarations are refused.
 */
export function readReference(state: ScanState, index: number): string {
  const { bytes, limit } = state
  let end = index + 1
  while (end < limit && bytes[end] !== 0x3b) {
    const byte = bytes[end] as number
    const isPart =
      byte === 0x23 ||
      (byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a)
    if (!isPart || end - index > longestReference * 4)
      syntax(state, 'An ampersand that does not begin a reference', index)
    end++
  }
  if (end >= limit) endOfBytes(state, 'a reference', index)
  state.textEnd = end + 1
  if (bytes[index + 1] === 0x23) return numericReference(state, index, end)
  const name = latin1Slice(bytes, index + 1, end)
  const character = predefined(name)
  if (character === undefined) {
    syntax(state, 'A reference to an entity that is not one of lt, gt, amp, quot and apos', index)
  }
  return character
}

function predefined(name: string): string | undefined {
  switch (name) {
    case 'lt':
      return '<'
    case 'gt':
      return '>'
    case 'amp':
      return '&'
    case 'quot':
      return '"'
    case 'apos':
      return "'"
    default:
      return undefined
  }
}

function numericReference(state: ScanState, index: number, end: number): string {
  const { bytes } = state
  const hexadecimal = bytes[index + 2] === 0x78
  const digits = latin1Slice(bytes, index + (hexadecimal ? 3 : 2), end)
  const wellFormed = hexadecimal ? /^[0-9A-Fa-f]+$/.test(digits) : /^[0-9]+$/.test(digits)
  const code = wellFormed ? Number.parseInt(digits, hexadecimal ? 16 : 10) : -1
  if (!isAllowed(code, state.keepControlCharacters))
    syntax(state, 'A character reference to what is no XML character', index)
  return String.fromCodePoint(code)
}

function isAllowed(code: number, keepControl: boolean): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d || (keepControl && code > 0)
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
