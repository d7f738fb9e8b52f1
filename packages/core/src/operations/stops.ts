import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'
import { clockOf, type EngineHost } from './host.js'
import type { Hindrances } from './run-step.js'

/** Why nothing new may be begun: a cancellation, or a deadline that passed. Undo and clean-up go on regardless. */
export function stopOf(handle: OperationHandle, host: EngineHost): HypervisorError | undefined {
  if (handle.phase !== 'forward') return undefined
  if (handle.cancelled) return cancelledError()
  if (handle.deadlineAt === undefined || clockOf(host.adapter) <= handle.deadlineAt) return undefined
  return deadlineError(handle)
}

export function hindrances(stop: HypervisorError | undefined, rewind: string | undefined): Hindrances {
  return { ...(stop && { stop }), ...(rewind !== undefined && { rewind }) }
}

export function deadlineError(handle: OperationHandle, cause?: HypervisorError): HypervisorError {
  const message = `'${handle.kind}' was not done by its deadline; give deadlineMs more time, or see what it waited for`
  return new HypervisorError('TIMEOUT', message, { outcome: 'failed', retryable: false, ...(cause && { cause }) })
}

export function cancelledError(cause?: HypervisorError): HypervisorError {
  return new HypervisorError('CANCELLED', 'the operation was cancelled', {
    outcome: 'failed',
    ...(cause && { cause }),
  })
}

export function weakError(step: string): HypervisorError {
  const message = `what '${step}' made is only probably ours, so it was not destroyed; look at it and remove it by hand`
  return new HypervisorError('FAILED_PRECONDITION', message, { outcome: 'applied' })
}
