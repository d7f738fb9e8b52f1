import type { HypervisorError } from './errors/hypervisor-error.js'

/** The answer of every port method: a plain union, no library needed to read it. */
export type Result<T, E = HypervisorError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** Wraps a success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** Wraps a failure. */
export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}

/** The value of a success; throws the error of a failure, for those who prefer exceptions. */
export function unwrap<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value
  throw result.error
}
