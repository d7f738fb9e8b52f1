import { HypervisorError } from '../../errors/hypervisor-error.js'

/** The answer never came: the call may or may not have been carried out. */
export function lostAnswer(): HypervisorError {
  return new HypervisorError('UNAVAILABLE', 'the connection was lost', { outcome: 'unknown' })
}

/** Surely not carried out; the same call may succeed later. */
export function refusedForNow(retryAfterMs?: number): HypervisorError {
  return new HypervisorError('UNAVAILABLE', 'try again later', {
    outcome: 'not-started',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** Surely not carried out, and never will be. */
export function refused(text = 'no'): HypervisorError {
  return new HypervisorError('FAILED_PRECONDITION', text, { outcome: 'not-started' })
}

/** Began, and went wrong half-way. */
export function failedHalfWay(text = 'out of luck'): HypervisorError {
  return new HypervisorError('INTERNAL', text, { outcome: 'failed', native: { text } })
}
