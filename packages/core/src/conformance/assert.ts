import type { ErrorCode } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Result } from '../result.js'

/** What a failed check says: expectation first, then what was there. */
export class CheckFailure extends Error {}

/** `seen`: what was there instead, where the expectation does not say it. */
export function assert(condition: unknown, expectation: string, seen?: unknown): asserts condition {
  if (condition) return
  throw new CheckFailure(`expected: ${expectation}${seen === undefined ? '' : `, got ${show(seen)}`}`)
}

export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (sameJson(actual, expected)) return
  throw new CheckFailure(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Equal as JSON, whatever the order of keys. What is no plain data, as a Map, is equal to itself alone. */
function sameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (!isPlain(left) || !isPlain(right) || Array.isArray(left) !== Array.isArray(right)) return false
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) => sameJson(Reflect.get(left, key), Reflect.get(right, key)))
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

/** The value of a success. */
export function value<T>(result: Result<T>, what: string): T {
  if (result.ok) return result.value
  throw new CheckFailure(`${what}: expected success, got ${result.error.code}: ${result.error.message}`)
}

/** The error of a failure with one of these codes. */
export function failure<C extends ErrorCode>(
  result: Result<unknown>,
  what: string,
  ...codes: readonly C[]
): Extract<HypervisorError, { readonly code: C }> {
  if (result.ok) throw new CheckFailure(`${what}: expected ${codes.join(' or ')}, got success`)
  const { error } = result
  assert(HypervisorError.isInstance(error), `${what}: the error is a HypervisorError`)
  const known: readonly ErrorCode[] = codes
  if (!known.includes(error.code)) {
    throw new CheckFailure(`${what}: expected ${codes.join(' or ')}, got ${error.code}: ${error.message}`)
  }
  assert(error.message.length > 0, `${what}: the error has a message`)
  // The code was just compared.
  return error as Extract<HypervisorError, { readonly code: C }>
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
