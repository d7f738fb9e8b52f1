import { contextOf } from './context.js'
import type { OperationHandle, OperationKind } from './handle.js'
import type { EngineHost } from './host.js'
import type { CancelAnswer } from './operation.js'
import { type AnyDefinition, currentStep } from './track.js'

/**
 * Asks for the end of an operation. Without an answer the handle carries the request, and advancing it to its end tells
 * the truth: undone, or too late after all.
 */
export async function requestCancel<K extends OperationKind>(
  definition: AnyDefinition,
  handle: OperationHandle<K>,
  host: EngineHost,
): Promise<{ readonly handle: OperationHandle<K>; readonly answer?: CancelAnswer }> {
  if (handle.cancelled) return { handle }
  if (handle.phase !== 'forward') return { handle, answer: 'too-late' }
  const { cursor } = handle
  if (cursor.stage !== 'accepted') return { handle: await host.checkpoint({ ...handle, cancelled: true }) }
  const step = currentStep(definition, handle)
  const stopped = (await step.cancel?.(contextOf(handle, cursor, host), cursor.task ?? null)) ?? false
  // Where the native task cannot be stopped, a creation is still taken back once it has ended.
  const canBeUndone = definition.steps.some((candidate) => candidate.undo !== undefined)
  if (!stopped && !canBeUndone) return { handle, answer: 'not-cancellable' }
  return { handle: await host.checkpoint({ ...handle, cancelled: true }) }
}
