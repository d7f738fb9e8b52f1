import { type FailedCall, HypervisorError } from '@dcm/core'
import { AcmeError } from '../client/client.js'

/** Any failure of a call, in the port's words: a code, what to do, and whether the remote may have changed. */
export function mapError(reason: unknown, call: FailedCall, endpoint: string): HypervisorError | undefined {
  if (!(reason instanceof AcmeError)) return undefined
  return new HypervisorError('INTERNAL', reason.message, { ...call, endpoint, outcome: 'unknown', cause: reason })
}
