import type { Json, Polled } from '@dcm/core'
import type { PebbleClient } from '../client/client.js'
import { PebbleError } from '../client/error.js'
import { taskFailed } from './map-errors.js'

/** How long to wait between two looks at a task. */
export const pollMs = 25

/** What all parts of the adapter stand on: the client, and the name that the application gave to the endpoint. */
export interface Appliance extends PebbleClient {
  readonly endpoint: string
}

/** Did the appliance say no with this word? */
export function isRefusal(reason: unknown, code: string): boolean {
  return reason instanceof PebbleError && reason.code === code
}

/** The answer, or undefined when the appliance says that there is no such thing. */
export async function orAbsent<T>(answer: Promise<T>, code: 'no-such-vm' | 'no-such-task'): Promise<T | undefined> {
  try {
    return await answer
  } catch (reason) {
    if (isRefusal(reason, code)) return undefined
    throw reason
  }
}

/** What `poll` says of a task: still running, done, forgotten by the appliance; throws when it failed. */
export async function pollTask(appliance: Appliance, id: Json, signal: AbortSignal): Promise<Polled<never>> {
  const task = await orAbsent(appliance.task(String(id), signal), 'no-such-task')
  if (!task) return { vanished: true }
  if (task.state === 'failed') throw taskFailed(task, appliance.endpoint)
  if (task.state === 'done') return { done: true }
  return { running: true, fraction: task.percent / 100, retryAfterMs: pollMs }
}
