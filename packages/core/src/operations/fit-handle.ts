import type { ErrorJson } from '../errors/error-codes.js'
import type { OperationHandle } from './handle.js'

/** What a handle may weigh as JSON, in bytes: it fits a queue message, a cookie-sized column, a log line. */
export const longestHandle = 4096

/**
 * The handle with its texts for people cut until it weighs less than 4 KiB. What the operation needs to go on (input,
 * state, steps) is never touched; the input was measured when the operation began.
 */
export function fitHandle<H extends OperationHandle>(handle: H): H {
  if (weight(handle) < longestHandle) return handle
  for (const longest of [120, 40]) {
    const shorter = shorten(handle, longest)
    if (weight(shorter) < longestHandle || longest === 40) return shorter
  }
  return handle
}

function weight(handle: OperationHandle): number {
  return Buffer.byteLength(JSON.stringify(handle))
}

function shorten<H extends OperationHandle>(handle: H, longest: number): H {
  const { warnings, error, undoErrors } = handle
  return {
    ...handle,
    warnings: warnings.slice(0, 5).map((text) => cut(text, longest)),
    ...(error && { error: shortError(error, longest) }),
    ...(undoErrors && { undoErrors: undoErrors.slice(0, 3).map((entry) => shortError(entry, longest)) }),
  }
}

function shortError(error: ErrorJson, longest: number): ErrorJson {
  const { message, native, details, ...rest } = error
  const lists = Object.entries(details).map(([key, value]) => [key, Array.isArray(value) ? value.slice(0, 1) : value])
  return {
    ...rest,
    message: cut(message, longest),
    // Only lists got shorter: the details keep the shape of their code.
    details: Object.fromEntries(lists) as ErrorJson['details'],
    ...(native && { native: { ...native, ...(native.text !== undefined && { text: cut(native.text, longest) }) } }),
  }
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
