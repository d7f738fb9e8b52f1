import type { Begun, Polled } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import type { Connection } from './connection.js'
import { isRefusal } from './connection.js'
import { mapTaskFailure } from './map-errors.js'

/** What begin answers for a native task, or for a call that was done at once. */
export function accepted<State>(
  connection: Connection,
  answer: { readonly task: string } | null,
): Extract<Begun<State>, { readonly task: unknown } | { readonly done: true }> {
  return answer === null ? { done: true } : { task: answer.task, retryAfterMs: connection.client.pollMs() }
}

/** Looks at a native task. `vanished` when the platform knows it no more; throws when it failed. */
export async function pollTask<State>(connection: Connection, task: unknown, vm?: string): Promise<Polled<State>> {
  const seen = typeof task === 'string' ? await connection.readTask(task) : undefined
  if (!seen) return { vanished: true }
  if (seen.state === 'running')
    return { running: true, fraction: seen.fraction, retryAfterMs: connection.client.pollMs() }
  if (seen.state === 'done') return { done: true, ...(seen.warnings.length > 0 && { warnings: seen.warnings }) }
  throw mapTaskFailure(seen, connection.place(seen.call, vm))
}

/** Asks the platform to stop a task. */
export async function stopTask(connection: Connection, task: unknown, signal: AbortSignal): Promise<boolean> {
  if (typeof task !== 'string') return false
  return (await connection.call('task.stop', { id: task }, signal)).stopped
}

/** The VM, or undefined when it, or the one of that generation, is not there. */
export async function readVm(
  connection: Connection,
  target: { readonly id: string; readonly generation?: string },
  signal: AbortSignal,
): Promise<NativeVm | undefined> {
  try {
    return await connection.call('vm.read', target, signal)
  } catch (reason) {
    if (isRefusal(reason, 'NO_SUCH_VM', 'REPLACED')) return undefined
    throw reason
  }
}
