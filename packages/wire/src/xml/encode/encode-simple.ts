import type { SimpleType } from '../schema/schema-part.js'
import type { SchemaIndex } from '../schema/type-table.js'
import type { EncodeContext } from './encode-context.js'
import { XmlEncodeError } from './encode-error.js'
import { canCarry } from './escape.js'

const integerRanges: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['int', [-2147483648, 2147483647]],
  ['short', [-32768, 32767]],
  ['byte', [-128, 127]],
])
const longRange = [-(2n ** 63n), 2n ** 63n - 1n] as const

/** The text of a value of a simple kind, before escaping. Throws `XmlEncodeError` for what the kind does not allow. */
export function simpleText(context: EncodeContext, kind: string, value: unknown, path: string): string {
  const range = integerRanges.get(kind)
  if (range !== undefined) return integerText(value, range, kind, path)
  switch (kind) {
    case 'string':
    case 'token':
    case 'dateTime':
    case 'base64':
      return stringText(kind, value, path)
    case 'boolean':
      if (typeof value !== 'boolean') throw new XmlEncodeError(path, 'must be true or false')
      return value ? 'true' : 'false'
    case 'double':
      return doubleText(value, path)
    case 'long':
    case 'bigint':
      return longText(value, path)
    default:
      return restrictedText(context, kind, value, path)
  }
}

/** True for kinds whose values are texts, not elements. */
export function isSimpleKind(index: SchemaIndex, kind: string): boolean {
  if (
    ['string', 'token', 'dateTime', 'base64', 'boolean', 'int', 'short', 'byte', 'long', 'bigint', 'double'].includes(
      kind,
    )
  )
    return true
  return index.enumeration(kind) !== undefined || index.simpleType(kind) !== undefined
}

const dateTimeForm = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function stringText(kind: string, value: unknown, path: string): string {
  if (typeof value !== 'string') throw new XmlEncodeError(path, 'must be a string')
  if (!canCarry(value))
    throw new XmlEncodeError(path, 'holds a character that XML cannot carry, such as a control character')
  if (kind === 'dateTime' && !dateTimeForm.test(value))
    throw new XmlEncodeError(path, 'must be a date and time like 2026-01-31T08:00:00Z')
  if (kind === 'base64' && !base64Form.test(value)) throw new XmlEncodeError(path, 'must be base64 text')
  return value
}

function integerText(
  value: unknown,
  [minimum, maximum]: readonly [number, number],
  kind: string,
  path: string,
): string {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    throw new XmlEncodeError(path, `must be a whole number from ${minimum} to ${maximum} (${kind})`)
  }
  return String(value + 0)
}

function longText(value: unknown, path: string): string {
  const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof whole !== 'bigint' || whole < longRange[0] || whole > longRange[1]) {
    throw new XmlEncodeError(path, 'must be a whole number of 64 bits; above 2^53 a bigint')
  }
  return String(whole)
}

function doubleText(value: unknown, path: string): string {
  if (typeof value !== 'number') throw new XmlEncodeError(path, 'must be a number')
  if (value === Number.POSITIVE_INFINITY) return 'INF'
  if (value === Number.NEGATIVE_INFINITY) return '-INF'
  return String(value)
}

function restrictedText(context: EncodeContext, kind: string, value: unknown, path: string): string {
  const values = context.index.enumeration(kind)
  if (values !== undefined) {
    const text = stringText('string', value, path)
    if (values.includes(text) || context.unknownEnumerationValues || context.index.isOpen(kind)) return text
    throw new XmlEncodeError(
      path,
      `must be one of ${values.map((known) => JSON.stringify(known)).join(', ')} (${kind})`,
    )
  }
  const simple = context.index.simpleType(kind)
  if (simple === undefined) throw new TypeError(`The schema has no kind ${kind}`)
  const text = simpleText(context, simple.base, value, path)
  checkRestrictions(simple, kind, text, value, path)
  return text
}

function checkRestrictions(simple: SimpleType, kind: string, text: string, value: unknown, path: string): void {
  const { pattern, minLength, maxLength, minimum, maximum } = simple
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(text)) {
    throw new XmlEncodeError(path, `must have the form ${pattern} (${kind})`)
  }
  const length = [...text].length
  if (minLength !== undefined && length < minLength)
    throw new XmlEncodeError(path, `must have at least ${minLength} characters (${kind})`)
  if (maxLength !== undefined && length > maxLength)
    throw new XmlEncodeError(path, `must have at most ${maxLength} characters (${kind})`)
  if (typeof value !== 'number' && typeof value !== 'bigint') return
  if (minimum !== undefined && value < minimum) throw new XmlEncodeError(path, `must be at least ${minimum} (${kind})`)
  if (maximum !== undefined && value > maximum) throw new XmlEncodeError(path, `must be at most ${maximum} (${kind})`)
}
