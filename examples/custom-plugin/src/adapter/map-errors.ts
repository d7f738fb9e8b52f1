import { type ErrorCode, type FailedCall, HypervisorError } from '@dcm/core'
import { PebbleError } from '../client/error.js'
import type { PebbleTask } from '../client/types.js'

/** Each word of the appliance: the port's code, and what to do about it. */
const table: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'bad-token': ['UNAUTHENTICATED', 'give a valid API token in the configuration'],
  'not-allowed': ['PERMISSION_DENIED', 'give the token the rights read and write'],
  'no-such-vm': ['NOT_FOUND', 'list the VMs to see what is there'],
  'name-taken': ['ALREADY_EXISTS', 'choose another name'],
  'wrong-state': ['FAILED_PRECONDITION', 'bring the VM into the right state first'],
  'no-room': ['RESOURCE_EXHAUSTED', 'remove VMs, or ask for a smaller one'],
  'bad-value': ['INVALID_ARGUMENT', 'mend the value'],
  busy: ['UNAVAILABLE', 'try again later'],
}

/**
 * Any failure of a call, in the port's words. `outcome` is what core decides by: `not-started` may be sent again,
 * `unknown` is looked up with `find` first.
 */
export function mapError(reason: unknown, { resource }: FailedCall, endpoint: string): HypervisorError | undefined {
  // Anything else, as an aborted signal, is core's own business.
  if (!(reason instanceof PebbleError)) return undefined
  const outcome = reason.mayHaveHappened ? 'unknown' : 'not-started'
  const fields = { endpoint, outcome, cause: reason, ...(resource !== undefined && { resource }) } as const
  if (reason.kind === 'no-answer') {
    return new HypervisorError(
      'UNAVAILABLE',
      `${reason.message}; check that the appliance runs and can be reached`,
      fields,
    )
  }
  if (reason.kind === 'garbled') {
    const details = { excerpt: reason.message.slice(0, 200) }
    return new HypervisorError('PROTOCOL', `${reason.message}; is this the address of a Pebble?`, {
      ...fields,
      details,
    })
  }
  const { code = 'unknown', status = 0, message: text } = reason
  const [portCode, remedy] = table[code] ?? (['INTERNAL', 'see what the appliance said'] as const)
  const native = { code, status, text }
  // A code out of a table is a union to the compiler; the error it makes is one of that union.
  return new HypervisorError(portCode, `${text}; ${remedy}`, { ...fields, native }) as HypervisorError
}

/** A task that was begun and did not end well. */
export function taskFailed({ id, error = 'no reason given' }: PebbleTask, endpoint: string): HypervisorError {
  const native = { text: error, task: id }
  return new HypervisorError('INTERNAL', `the appliance could not do it: ${error}`, {
    endpoint,
    outcome: 'failed',
    native,
  })
}
