import type { Begun, Json } from '@dcm/core'
import type { ProxmoxError } from '../client/error.js'
import { taskFailure } from '../client/task-wait.js'
import { isUpid, parseUpid } from '../client/upid.js'
import type { Platform } from './platform.js'
import { readWarnings } from './task-warnings.js'

/** How often a step is sent again after the platform gave up waiting for a lock. */
const maxLockTries = 6

/** What steps that may run into locks keep in the handle. */
export type LockState = { lockTries: number; notBefore: number }

/** The answer to a call that may have started a task: `null` and the like mean that the work was done at once. */
export function afterCall<State>(answer: string | null, state?: Partial<State>): Begun<State> {
  const more = state === undefined ? {} : { state }
  return isUpid(answer) ? { task: answer, retryAfterMs: 300, ...more } : { done: true, ...more }
}

/** What a look at a task says. */
export type TaskVerdict =
  | { readonly verdict: 'running' }
  | { readonly verdict: 'succeeded'; readonly warnings: readonly string[] }
  | { readonly verdict: 'failed'; readonly error: ProxmoxError }
  /** The node forgot it, or it never had an id: decide by condition. */
  | { readonly verdict: 'lost' }

/** Looks at a task, together with everybody who looks now. Throws when the node cannot be asked. */
export async function lookAtTask(platform: Platform, task: Json, signal: AbortSignal): Promise<TaskVerdict> {
  if (!isUpid(task)) return { verdict: 'lost' }
  const state = await platform.tasks.look(task, signal)
  switch (state.state) {
    case 'running':
      return { verdict: 'running' }
    case 'lost':
      return { verdict: 'lost' }
    case 'unreachable':
      throw state.error
    case 'finished': {
      const { node } = parseUpid(task)
      if (!state.succeeded) return { verdict: 'failed', error: taskFailure({ upid: task, node }, state.exitStatus) }
      const warnings = state.warnings === 0 ? [] : await readWarnings(platform.api, task, state.warnings, signal)
      return { verdict: 'succeeded', warnings }
    }
  }
}

/** Asks the node to kill the worker. False when it is not there to be killed, or is another user's. */
export async function stopTask(platform: Platform, task: Json, signal: AbortSignal): Promise<boolean> {
  if (!isUpid(task)) return false
  await platform.api.request(
    'DELETE /nodes/{node}/tasks/{upid}',
    { node: parseUpid(task).node, upid: task },
    { signal },
  )
  return true
}

/**
 * A task that failed because a lock was held too long changed nothing: the step is sent again after a while. Undefined
 * when this was not the reason, or when it was tried often enough.
 */
export function retryAfterLock(
  step: string,
  error: ProxmoxError,
  state: Partial<LockState>,
  now: number,
): { goTo: string; state: LockState } | undefined {
  const tries = (state.lockTries ?? 0) + 1
  if (error.kind !== 'lock-timeout' || tries > maxLockTries) return undefined
  // Spread, so that those who wait for one lock do not come back together.
  const waitMs = Math.min(15_000, 500 * 2 ** tries) * (0.75 + Math.random() / 2)
  return { goTo: step, state: { lockTries: tries, notBefore: Math.round(now + waitMs) } }
}

/** Busy until the time that `retryAfterLock` set. */
export function waitForLock(
  state: Partial<LockState>,
  now: number,
): { busy: string; retryAfterMs: number } | undefined {
  const waitMs = (state.notBefore ?? 0) - now
  return waitMs > 0 ? { busy: 'a lock that another change holds', retryAfterMs: Math.ceil(waitMs) } : undefined
}
