import { HypervisorError, type Json, type Polled } from '@dcm/core'
import { isFault, type VsphereError } from '../client/error.js'
import { type ManagedObjectReference, reference } from '../client/reference.js'
import type { Platform } from './platform.js'

const soonestLookMs = 100
const latestLookMs = 3_000

/** The answer to a call that started a task. */
export function started({ value }: ManagedObjectReference): { readonly task: string; readonly retryAfterMs: number } {
  return { task: value, retryAfterMs: soonestLookMs }
}

/** Another task holds the VM, as a deployment does whose answer was lost. */
export function isBusy(error: unknown): boolean {
  return isFault(error, 'TaskInProgress')
}

export const busyVm = { busy: 'a task that works on the VM', retryAfterMs: 1_000 }

/** Goes on waiting: the longer it takes, the seldomer it is looked at. */
export function stillRunning(context: { readonly begunAt: number; now(): number }): {
  readonly running: true
  readonly retryAfterMs: number
} {
  const waited = context.now() - context.begunAt
  return { running: true, retryAfterMs: Math.round(Math.min(latestLookMs, Math.max(soonestLookMs, waited / 4))) }
}

interface PollOptions<State> {
  /** What the end of the task means; default: done. */
  readonly succeeded?: (result: unknown) => Polled<State>
  /** What its failure means; undefined throws it. */
  readonly failed?: (error: VsphereError) => Polled<State> | Promise<Polled<State>> | undefined
  /** The VM that may have a question while the task stands still. */
  readonly vm?: string | undefined
}

/** Looks at a task, in one call with everybody who looks now. */
export async function pollTask<State>(
  platform: Platform,
  context: { readonly begunAt: number; now(): number },
  task: Json,
  options: PollOptions<State> = {},
): Promise<Polled<State>> {
  if (typeof task !== 'string') return { vanished: true }
  const look = await platform.tasks.look(task)
  switch (look.verdict) {
    case 'succeeded':
      return options.succeeded?.(look.result) ?? { done: true }
    case 'failed': {
      const meaning = await options.failed?.(look.error)
      if (meaning !== undefined) return meaning
      throw isFault(look.error, 'RequestCanceled') ? cancelledThere(look.error) : look.error
    }
    case 'lost':
      return { vanished: true }
    case 'running': {
      const question = options.vm === undefined ? undefined : (await platform.tasks.pulse(options.vm))?.question
      return {
        ...stillRunning(context),
        ...(look.fraction !== undefined && { fraction: look.fraction }),
        ...(question !== undefined && { waitingFor: `an answer to the VM's question: ${question}` }),
      }
    }
  }
}

/** Asks the server to stop a task; false where it says that this one cannot be stopped. */
export async function cancelTask(platform: Platform, task: Json, signal: AbortSignal): Promise<boolean> {
  if (typeof task !== 'string') return false
  const ref = reference('Task', task)
  const { 'info.cancelable': cancelable } = await platform.api.read(ref, 'Task', ['info.cancelable'], { signal })
  if (cancelable) await platform.api.call(ref, 'CancelTask', undefined, { signal })
  return cancelable
}

/** A call that is given up is ours; a task that was cancelled is how the work ended, whoever asked for that. */
function cancelledThere(cause: VsphereError): HypervisorError {
  const message = 'the task was cancelled at the platform, by a person or by us: see who in its list of tasks'
  return new HypervisorError('CONFLICT', message, { outcome: 'failed', retryable: false, cause })
}

/** Does a refused change of the power state mean that the wanted one is there already? */
export function isAlready(error: unknown, state: 'poweredOn' | 'poweredOff' | 'suspended'): boolean {
  return isFault(error, 'InvalidPowerState') && error.fault.existingState === state
}
