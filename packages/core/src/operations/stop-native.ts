import { contextOf } from './context.js'
import type { OperationHandle, OperationKind } from './handle.js'
import type { EngineHost } from './host.js'
import type { AnyStep } from './track.js'

/**
 * Asks the platform to stop the task under way; false where it cannot be stopped. Only for a handle that was stored
 * with `stopping`: a runner that lost its operation to another one must not stop what that one waits for.
 */
export function stopNative(step: AnyStep, handle: OperationHandle, host: EngineHost): Promise<boolean> {
  const { cursor } = handle
  const ask = async () => (await step.cancel?.(contextOf(handle, cursor, host), cursor.task ?? null)) ?? false
  return host.limiter.run('mutations', ask, host.signal)
}

export function withStopping<K extends OperationKind>(handle: OperationHandle<K>): OperationHandle<K> {
  return { ...handle, cursor: { ...handle.cursor, stopping: true } }
}
