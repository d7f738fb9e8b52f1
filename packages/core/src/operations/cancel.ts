import type { OperationHandle, OperationKind } from './handle.js'
import type { EngineHost } from './host.js'
import type { CancelAnswer } from './operation.js'
import { stopNative, withStopping } from './stop-native.js'
import { type AnyDefinition, currentStep } from './track.js'

/**
 * Asks for the end of an operation. Without an answer, advancing the handle to its end tells the truth: cancelled, too
 * late after all, or failed for reasons of its own.
 */
export async function requestCancel<K extends OperationKind>(
  definition: AnyDefinition,
  handle: OperationHandle<K>,
  host: EngineHost,
): Promise<{ readonly handle: OperationHandle<K>; readonly answer?: CancelAnswer }> {
  if (handle.outcome === 'succeeded') return { handle, answer: 'too-late' }
  // A clean-up is itself the way back; and what failed before anybody cancelled it says so itself.
  if (handle.phase !== 'forward') {
    return handle.kind === 'cleanUp' && handle.phase !== 'ended' ? { handle, answer: 'not-cancellable' } : { handle }
  }
  const { cursor } = handle
  const cancelled: OperationHandle<K> = { ...handle, cancelled: true }
  if (cursor.stage !== 'accepted') return { handle: handle.cancelled ? handle : await host.checkpoint(cancelled) }
  const step = currentStep(definition, handle)
  // Where the native task cannot be stopped, a creation is still taken back once it has ended.
  const canBeUndone = definition.steps.some((candidate) => candidate.undo !== undefined)
  if (!step.cancel) {
    if (!canBeUndone) return { handle, answer: 'not-cancellable' }
    return { handle: handle.cancelled ? handle : await host.checkpoint(cancelled) }
  }
  const asked = await host.checkpoint(withStopping(cancelled))
  if (await stopNative(step, asked, host)) return { handle: asked }
  const { stopping: _refused, ...goesOn } = asked.cursor
  if (canBeUndone) return { handle: await host.checkpoint({ ...asked, cursor: goesOn }) }
  return { handle: await host.checkpoint({ ...handle, revision: asked.revision }), answer: 'not-cancellable' }
}
