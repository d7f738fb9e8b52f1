import type { ListProblem } from '@dcm/core'
import { mapError } from './map-errors.js'
import type { Platform } from './platform.js'

/** Why a list goes without one of its sources. Throws again what is no failure of the platform. */
export function listProblem(
  { endpoint }: Platform,
  source: string,
  thrown: unknown,
  signal?: AbortSignal,
): ListProblem {
  const error = mapError(thrown, { endpoint, principal: 'this account' })
  if (error === undefined || signal?.aborted) throw thrown
  return { source, error: error.toJSON() }
}
