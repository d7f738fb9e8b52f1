import type { ErrorJson } from '../errors/error-codes.js'

const longest = 300

/** Keeps a text from a platform short enough for a handle. */
export function abbreviateText(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

/** An error short enough for a handle: long texts are cut, lists in details are kept to their first five. */
export function abbreviate(error: ErrorJson): ErrorJson {
  const { native, ...rest } = error
  const details = Object.fromEntries(
    Object.entries(error.details).map(([key, value]) => [key, Array.isArray(value) ? value.slice(0, 5) : value]),
  )
  return {
    ...rest,
    // Only lists got shorter: the details keep the shape of their code.
    details: details as ErrorJson['details'],
    message: abbreviateText(error.message),
    ...(native && { native: { ...native, ...(native.text !== undefined && { text: abbreviateText(native.text) }) } }),
  }
}
