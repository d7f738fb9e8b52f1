import type { OperationHandle } from './handle.js'
import type { EngineHost } from './host.js'
import type { Transition } from './run-step.js'
import type { AnyDefinition, AnyStep } from './track.js'

/** The first step of this step's scope, when the session that the scope was begun in is gone. */
export function staleScope(
  definition: AnyDefinition,
  step: AnyStep,
  handle: OperationHandle,
  host: EngineHost,
): string | undefined {
  const open = handle.session
  if (handle.phase !== 'forward' || step.scope === undefined || open?.scope !== step.scope) return undefined
  // A session that has not been opened yet is a new one, too.
  if (host.adapter.sessionId?.() === open.id) return undefined
  return definition.steps.find((candidate) => candidate.scope === step.scope)?.name
}

/** The handle with the session that the step was begun in. What was accepted outlives its session. */
export function inSession(
  step: AnyStep,
  handle: OperationHandle,
  transition: Transition,
  rewind: string | undefined,
  host: EngineHost,
): OperationHandle {
  if (rewind !== undefined)
    return transition.to === 'jump' && transition.goTo === rewind ? withoutSession(handle) : handle
  if (handle.phase !== 'forward' || step.scope === undefined || handle.cursor.stage === 'accepted') return handle
  const id = host.adapter.sessionId?.()
  return id === undefined ? handle : { ...handle, session: { scope: step.scope, id } }
}

export function withoutSession(handle: OperationHandle): OperationHandle {
  const { session: _gone, ...rest } = handle
  return rest
}
