import { isWhiteSpace } from '../scan/byte-classes.js'
import { sliceAscii } from '../scan/characters.js'
import type { ScanState } from '../scan/scan-state.js'
import { type CompiledValue, kinds } from './compiled-type.js'
import { findName } from './name-table.js'

/** A value that is not of its kind, such as a word for a number. Distinct from undefined, which an empty element gives. */
export const invalid: unique symbol = Symbol('invalid')

/** The value of the leaf that was just scanned. */
export function readLeafValue(state: ScanState, value: CompiledValue): unknown {
  return state.textPlain ? readRange(state, value, state.textStart, state.textEnd) : readString(value, state.textValue)
}

/** The value of a range of plain ASCII bytes. */
export function readRange(state: ScanState, value: CompiledValue, start: number, end: number): unknown {
  const kind = value.kind
  if (kind === kinds.string) return sliceAscii(state, start, end)
  const { bytes } = state
  while (start < end && isWhiteSpace(bytes[start])) start++
  while (start < end && isWhiteSpace(bytes[end - 1])) end--
  switch (kind) {
    case kinds.boolean:
      return readBoolean(bytes, start, end)
    case kinds.integer:
    case kinds.double:
    case kinds.long:
      return readNumber(state, value, start, end)
    case kinds.enumeration: {
      if (value.values === undefined) return sliceAscii(state, start, end)
      const index = findName(value.values, bytes, start, end, 0)
      return index === -1 ? sliceAscii(state, start, end) : value.constants[index]
    }
    case kinds.token:
      return sliceAscii(state, start, end)
    default:
      return readString(value, sliceAscii(state, start, end))
  }
}

function readBoolean(bytes: Buffer, start: number, end: number): unknown {
  const first = bytes[start]
  const length = end - start
  if (
    length === 4 &&
    first === 0x74 &&
    bytes[start + 1] === 0x72 &&
    bytes[start + 2] === 0x75 &&
    bytes[start + 3] === 0x65
  )
    return true
  if (
    length === 5 &&
    first === 0x66 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x6c &&
    bytes[start + 3] === 0x73 &&
    bytes[start + 4] === 0x65
  ) {
    return false
  }
  if (length === 1 && first === 0x31) return true
  if (length === 1 && first === 0x30) return false
  return length === 0 ? undefined : invalid
}

const powersOfTen: readonly number[] = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

/**
 * Up to fifteen digits, with or without a decimal point, are read without making a string: both the digits and the power of ten
 * are exact, so one division rounds as it must. Whatever else a number may look like goes through a string.
 */
function readNumber(state: ScanState, value: CompiledValue, start: number, end: number): unknown {
  const { bytes } = state
  const negative = bytes[start] === 0x2d
  let i = negative ? start + 1 : start
  let point = -1
  if (end - i > 0 && end - i <= 15) {
    let sum = 0
    while (i < end) {
      const digit = (bytes[i] as number) - 0x30 // below `end`
      if (digit < 0 || digit > 9) {
        if (digit !== -2 || point !== -1 || value.kind !== kinds.double) break
        point = i
      } else sum = sum * 10 + digit
      i++
    }
    const digits = point === -1 ? 0 : end - point - 1
    if (i === end && (point === -1 || end - start - (negative ? 1 : 0) > 1)) {
      if (negative) sum = -sum
      return digits === 0 ? sum + 0 : sum / (powersOfTen[digits] as number) + 0 // at most 15 digits; adding 0 makes -0 a 0
    }
  }
  return readString(value, sliceAscii(state, start, end))
}

const integerForm = /^[+-]?\d+$/
const decimalForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** The value of a text that was already made a string. */
export function readString(value: CompiledValue, text: string): unknown {
  if (value.kind === kinds.string) return text
  const trimmed = trimXml(text)
  switch (value.kind) {
    case kinds.boolean:
      if (trimmed === '') return undefined
      return trimmed === 'true' || trimmed === '1' ? true : trimmed === 'false' || trimmed === '0' ? false : invalid
    case kinds.integer:
    case kinds.long:
    case kinds.bigint:
      return readInteger(value.kind, trimmed)
    case kinds.double:
      return readDouble(trimmed)
    default:
      return trimmed
  }
}

function readInteger(kind: number, text: string): unknown {
  if (text === '') return undefined
  if (!integerForm.test(text) || text.length > 100) return invalid
  if (kind === kinds.bigint) return BigInt(text[0] === '+' ? text.slice(1) : text)
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number + 0
  return kind === kinds.long ? BigInt(text[0] === '+' ? text.slice(1) : text) : invalid
}

function readDouble(text: string): unknown {
  if (text === '') return undefined
  if (decimalForm.test(text)) return Number(text) + 0
  if (text === 'INF') return Number.POSITIVE_INFINITY
  if (text === '-INF') return Number.NEGATIVE_INFINITY
  return text === 'NaN' ? Number.NaN : invalid
}

/** Without outer XML white space; other blanks, such as a no-break space, are text. */
export function trimXml(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (start < end && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}
