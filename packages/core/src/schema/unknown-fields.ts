import type { Problem } from '../errors/error-codes.js'
import { didYouMean } from './nearest.js'

/** A problem for each field that is none of `known`, with the one that was probably meant. Undefined ones do not count. */
export function unknownFields(value: object, known: readonly string[]): readonly Problem[] {
  const unknown = Object.entries(value).filter(([key, member]) => member !== undefined && !known.includes(key))
  const others = known.length === 0 ? 'there are none here' : `known here: ${known.join(', ')}`
  return unknown.map(([path]) => ({
    path,
    message: `is not a known field${didYouMean(path, known) || ` (${others})`}`,
  }))
}
