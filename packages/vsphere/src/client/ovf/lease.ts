import type { HttpNfcLeaseInfo } from '../../generated/http-nfc-lease.js'
import type { LocalizedMethodFault } from '../../generated/shared/core.js'
import type { VsphereClient } from '../client.js'
import { VsphereError } from '../error.js'
import { errorOfMethodFault } from '../read-fault.js'
import { type ManagedObjectReference, referenceKey } from '../reference.js'

/** What a lease is worked on with. */
export type LeaseClient = Pick<VsphereClient, 'call' | 'read' | 'host' | 'redact'>

const lookAgainMs = 250

/** Waits until the files of a lease may be moved. Throws the fault that it ended with. */
export async function waitForLease(
  client: LeaseClient,
  lease: ManagedObjectReference,
  operation: string,
  signal?: AbortSignal,
): Promise<HttpNfcLeaseInfo> {
  for (;;) {
    const { state, info, error } = await client.read(lease, 'HttpNfcLease', ['state', 'info', 'error'], { signal })
    if (state === 'ready' && info !== undefined) return info
    const { host, redact } = client
    if (error !== undefined) {
      // The table of types has the bare fault here; servers send it with its text around.
      const fault = 'fault' in error ? (error as unknown as LocalizedMethodFault) : { fault: error }
      throw await errorOfMethodFault(fault, { host, operation, redact })
    }
    if (state === 'error' || state === 'done') throw endedLease(host, operation, lease, `it is in state ${state}`)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

/** Tells the server how far we are: without that a lease ends after its timeout, however much is still moving. */
export interface LeasePulse {
  /** 0 to 100; told at the next beat. */
  progress(percent: number): void
  /** Aborted with the error that a beat met: the lease is gone. */
  readonly lost: AbortSignal
  stop(): void
}

export function startPulse(client: LeaseClient, lease: ManagedObjectReference, timeoutSeconds: number): LeasePulse {
  let percent = 0
  const lost = new AbortController()
  const beat = (): void => {
    client.call(lease, 'HttpNfcLeaseProgress', { percent }).catch((error: unknown) => {
      const isGone = VsphereError.isInstance(error) && !error.retryable && error.kind !== 'unreachable'
      if (isGone) lost.abort(error)
    })
  }
  const timer = setInterval(beat, Math.max(1_000, Math.min(30_000, timeoutSeconds * 200)))
  timer.unref()
  beat()
  return {
    progress: (value) => {
      percent = value
    },
    lost: lost.signal,
    stop: () => clearInterval(timer),
  }
}

/** Gives a lease up, and with it what was made so far. Best effort: an abandoned lease ends by itself. */
export async function abortLease(client: LeaseClient, lease: ManagedObjectReference): Promise<void> {
  await client.call(lease, 'HttpNfcLeaseAbort').catch(() => undefined) // what went wrong first counts
}

function endedLease(host: string, operation: string, lease: ManagedObjectReference, text: string): VsphereError {
  return new VsphereError({
    kind: 'failed-precondition',
    message: `${operation}: the lease has ended: ${text}`,
    outcome: 'failed',
    retryable: false,
    host,
    operation,
    object: referenceKey(lease),
  })
}
