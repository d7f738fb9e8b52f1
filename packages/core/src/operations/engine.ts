import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import { abbreviate, abbreviateText } from './abbreviate.js'
import type { AppliedStep, Cursor, OperationHandle, OperationKind } from './handle.js'
import { clockOf, type EngineHost, type StepEvent } from './host.js'
import { parseMarker } from './marker.js'
import { runStep, type Transition } from './run-step.js'
import type { Leftover, StepContext } from './step.js'
import {
  type AnyDefinition,
  type AnyStep,
  type ContextAt,
  currentStep,
  cursorAt,
  cursorFrom,
  fractionOf,
  nextInOrder,
  nextToUndo,
  undoOf,
} from './track.js'

/** Where an operation stands after one bounded step. */
export interface Advanced<K extends OperationKind = OperationKind> {
  readonly handle: OperationHandle<K>
  /** 0: go on at once. */
  readonly retryAfterMs: number
  readonly waitingFor?: string
  /** A failure that is being retried. */
  readonly error?: HypervisorError
}

const maxWarnings = 10

/**
 * Takes an operation one bounded step further: at most one native mutation, no sleep. Throws only where the operation
 * cannot go on though it has not failed (no access, a lost race for the store): the handle given stays good.
 */
export async function advanceHandle<K extends OperationKind>(
  definition: AnyDefinition,
  given: OperationHandle<K>,
  host: EngineHost,
): Promise<Advanced<K>> {
  // Every transition spreads the handle it was given, so the kind stays.
  return (await visit(definition, given, host)) as Advanced<K>
}

async function visit(definition: AnyDefinition, given: OperationHandle, host: EngineHost): Promise<Advanced> {
  if (given.phase === 'ended') return { handle: given, retryAfterMs: 0 }
  const early = beforeStep(definition, given, host)
  if (early) return settled(await host.checkpoint(early), host)

  const step = currentStep(definition, given)
  let handle: OperationHandle = { ...given, cursor: begunNow(given.cursor, host) }
  const context = contextOf(handle, handle.cursor, host)
  const lane = step.repeat === 'read' || handle.cursor.stage === 'accepted' ? 'reads' : 'mutations'
  const transition = await host.limiter.run(
    lane,
    () =>
      runStep(
        step,
        handle.cursor,
        context,
        async () => {
          handle = await host.checkpoint({ ...handle, cursor: { ...handle.cursor, stage: 'intent' } })
          host.emit(eventOf('begin', handle))
        },
        stopOf(given, host),
      ),
    host.signal,
  )
  if (transition.to === 'halt') throw transition.error
  const advanced = follow(definition, step, handle, transition, host)
  const changed = step.repeat !== 'read' || advanced.handle.phase !== handle.phase
  const polledOnly = transition.to === 'stay' && handle.cursor.stage === 'accepted'
  if (!changed || polledOnly) return advanced
  return settled(await host.checkpoint(advanced.handle), host, advanced)
}

/** Why nothing new may be begun: a cancellation, or a deadline that passed. Undo and clean-up go on regardless. */
function stopOf(handle: OperationHandle, host: EngineHost): HypervisorError | undefined {
  if (handle.phase !== 'forward') return undefined
  if (handle.cancelled) return cancelledError()
  if (handle.deadlineAt === undefined || clockOf(host.adapter) <= handle.deadlineAt) return undefined
  const message = `'${handle.kind}' was not done by its deadline; give deadlineMs more time, or see what it waited for`
  return new HypervisorError('TIMEOUT', message, { outcome: 'failed', retryable: false })
}

/** A stop before anything was sent, or work past its deadline, or a new session: what to do instead of the step. */
function beforeStep(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle | undefined {
  if (handle.phase !== 'forward') return undefined
  const stop = stopOf(handle, host)
  const { stage } = handle.cursor
  if (stop && (stage === 'ready' || (stage === 'accepted' && stop.code === 'TIMEOUT'))) {
    return failed(definition, handle, stop, stage === 'accepted', host)
  }
  const step = currentStep(definition, handle)
  const session = host.adapter.sessionId?.()
  if (step.scope !== undefined && session !== undefined) {
    const open = handle.session
    if (open?.scope === step.scope && open.id !== session) {
      const first = definition.steps.find((candidate) => candidate.scope === step.scope) ?? step
      return { ...handle, session: { scope: step.scope, id: session }, cursor: cursorAt(first.name) }
    }
    if (open?.scope !== step.scope) return { ...handle, session: { scope: step.scope, id: session } }
  }
  return undefined
}

function follow(
  definition: AnyDefinition,
  step: AnyStep,
  before: OperationHandle,
  transition: Exclude<Transition, { readonly to: 'halt' }>,
  host: EngineHost,
): Advanced {
  const handle = transition.to === 'fail' ? before : { ...before, state: merge(before.state, transition.state) }
  if (transition.to === 'stay') {
    const cursor: Cursor = { ...handle.cursor, ...transition.cursor }
    if (cursor.stage === 'accepted' && handle.cursor.stage !== 'accepted') host.emit(eventOf('accepted', handle))
    if (transition.error) host.emit(eventOf('retry', handle, transition.error.code))
    return {
      handle: withFraction(definition, { ...handle, cursor }, host),
      retryAfterMs: transition.retryAfterMs,
      ...(transition.waitingFor !== undefined && { waitingFor: transition.waitingFor }),
      ...(transition.error && { error: transition.error }),
    }
  }
  if (transition.to === 'fail') {
    host.emit(eventOf('failed', handle, transition.error.code))
    return { handle: afterFailure(definition, step, handle, transition, host), retryAfterMs: 0 }
  }
  const noted = withNotes(handle, transition)
  host.emit(eventOf(transition.to === 'jump' ? 'jump' : 'done', noted))
  if (noted.phase === 'undo') return { handle: undone(definition, noted, host), retryAfterMs: 0 }
  const list = noted.phase === 'always' ? (definition.always ?? []) : definition.steps
  const contextAt = contextsOf(noted, host)
  if (transition.to === 'jump') {
    const cursor = cursorFrom(list, transition.goTo, contextAt)
    return { handle: withFraction(definition, moved(definition, noted, cursor, host), host), retryAfterMs: 0 }
  }
  const applied =
    transition.applied && noted.phase === 'forward' ? add(noted.applied, noted.cursor, transition.weak) : noted.applied
  const recorded: OperationHandle = { ...noted, applied }
  const cursor = nextInOrder(list, noted.cursor, contextAt)
  return { handle: withFraction(definition, moved(definition, recorded, cursor, host), host), retryAfterMs: 0 }
}

/** The handle at its next step, or in its next phase when there is none. */
function moved(
  definition: AnyDefinition,
  handle: OperationHandle,
  cursor: Cursor | undefined,
  host: EngineHost,
): OperationHandle {
  if (cursor) return { ...handle, cursor }
  if (handle.phase === 'forward') return toAlways(definition, { ...handle, outcome: 'succeeded', fraction: 1 }, host)
  return ended(handle)
}

/** Undo of one part is done: the next part, the next applied step, or the end of undo. */
function undone(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle {
  const { step, index, part = 0 } = handle.cursor
  const parts = undoOf(definition, { step })
  if (part + 1 < parts.length) return { ...handle, cursor: cursorAt(step, index, part + 1) }
  const removed = leftoversOf(definition, handle, { step, index }, host).map((leftover) => leftover.id)
  const rest = handle.applied.filter((entry) => entry.step !== step || entry.index !== index)
  return toUndo(definition, { ...handle, applied: rest, removed: [...(handle.removed ?? []), ...removed] }, host)
}

/** Starts, or goes on with, taking back what was applied; when nothing is left to take back, the always-steps. */
function toUndo(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle {
  const next = nextToUndo(definition, handle.applied)
  if (!next)
    return toAlways(definition, { ...handle, outcome: handle.stuck || handle.error ? 'failed' : 'succeeded' }, host)
  if (next.weak) return undoImpossible(definition, handle, next, weakError(next.step), host)
  return { ...handle, phase: 'undo', cursor: cursorAt(next.step, next.index, 0) }
}

function toAlways(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle {
  const cursor = nextInOrder(definition.always ?? [], undefined, contextsOf(handle, host))
  return cursor ? { ...handle, phase: 'always', cursor } : ended(handle)
}

function ended(handle: OperationHandle): OperationHandle {
  return { ...handle, phase: 'ended', outcome: handle.outcome ?? 'failed', cursor: cursorAt(handle.cursor.step) }
}

function afterFailure(
  definition: AnyDefinition,
  step: AnyStep,
  handle: OperationHandle,
  failure: { readonly error: HypervisorError; readonly applied: boolean },
  host: EngineHost,
): OperationHandle {
  if (handle.phase === 'undo') {
    const entry: AppliedStep = { step: handle.cursor.step, index: handle.cursor.index }
    return undoImpossible(definition, handle, entry, failure.error, host)
  }
  if (handle.phase === 'always') {
    const noted = withNotes(handle, { warnings: [`${step.name}: ${failure.error.message}`] })
    const cursor = nextInOrder(definition.always ?? [], handle.cursor, contextsOf(noted, host))
    return moved(definition, noted, cursor, host)
  }
  const error = handle.cancelled ? cancelledError(failure.error) : failure.error
  return failed(definition, handle, error, failure.applied && step.repeat !== 'read', host)
}

/** The forward track failed: keep the error, take back what was applied. */
function failed(
  definition: AnyDefinition,
  handle: OperationHandle,
  error: HypervisorError,
  applied: boolean,
  host: EngineHost,
): OperationHandle {
  const all = applied ? add(handle.applied, handle.cursor) : handle.applied
  const changed = all.length > 0 && undoable(definition, all)
  if (changed) host.emit(eventOf('undo', handle, error.code))
  return toUndo(definition, { ...handle, applied: all, error: abbreviate(error.toJSON()) }, host)
}

/** This applied step stays behind: remember it for a clean-up, and go on undoing the others. */
function undoImpossible(
  definition: AnyDefinition,
  handle: OperationHandle,
  entry: AppliedStep,
  error: HypervisorError,
  host: EngineHost,
): OperationHandle {
  const rest = handle.applied.filter((other) => other.step !== entry.step || other.index !== entry.index)
  const kept: OperationHandle = {
    ...handle,
    applied: rest,
    stuck: [...(handle.stuck ?? []), entry],
    undoErrors: [...(handle.undoErrors ?? []), abbreviate(error.toJSON())],
    leftovers: [...(handle.leftovers ?? []), ...leftoversOf(definition, handle, entry, host)],
  }
  return toUndo(definition, kept, host)
}

function leftoversOf(
  definition: AnyDefinition,
  handle: OperationHandle,
  entry: AppliedStep,
  host: EngineHost,
): readonly Leftover[] {
  const step = definition.steps.find((candidate) => candidate.name === entry.step)
  return step?.leftovers?.(contextOf(handle, cursorAt(entry.step, entry.index), host)) ?? []
}

function add(applied: readonly AppliedStep[], cursor: Cursor, weak?: true): readonly AppliedStep[] {
  const known = applied.some((entry) => entry.step === cursor.step && entry.index === cursor.index)
  return known ? applied : [...applied, { step: cursor.step, index: cursor.index, ...(weak && { weak }) }]
}

function undoable(definition: AnyDefinition, applied: readonly AppliedStep[]): boolean {
  return nextToUndo(definition, applied) !== undefined
}

function withNotes(
  handle: OperationHandle,
  notes: {
    readonly warnings?: readonly string[]
    readonly forget?: readonly string[]
    readonly leftovers?: readonly Leftover[]
  },
): OperationHandle {
  const { warnings, forget, leftovers } = notes
  if (!warnings && !forget && !leftovers) return handle
  return {
    ...handle,
    warnings: [...handle.warnings, ...(warnings ?? []).map(abbreviateText)].slice(0, maxWarnings),
    applied: forget ? handle.applied.filter((entry) => !forget.includes(entry.step)) : handle.applied,
    ...(leftovers && { leftovers: [...(handle.leftovers ?? []), ...leftovers] }),
  }
}

function withFraction(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle {
  if (handle.phase !== 'forward') return handle
  const fraction = Math.max(handle.fraction, fractionOf(definition, handle.cursor, contextsOf(handle, host)))
  return { ...handle, fraction: Math.round(fraction * 1000) / 1000 }
}

function merge(state: JsonObject, patch: JsonObject | undefined): JsonObject {
  if (!patch) return state
  return Object.fromEntries(Object.entries({ ...state, ...patch }).filter(([, value]) => value !== undefined))
}

function begunNow(cursor: Cursor, host: EngineHost): Cursor {
  return cursor.stage === 'ready' || cursor.begunAt === undefined
    ? { ...cursor, begunAt: clockOf(host.adapter) }
    : cursor
}

function contextsOf(handle: OperationHandle, host: EngineHost): ContextAt {
  return (cursor) => contextOf(handle, cursor, host)
}

export function contextOf(
  handle: OperationHandle,
  cursor: Cursor,
  host: Pick<EngineHost, 'adapter' | 'signal' | 'reveal'>,
): StepContext<unknown, JsonObject> {
  return {
    input: handle.input,
    state: handle.state,
    marker: handle.marker === undefined ? undefined : parseMarker(handle.marker),
    index: cursor.index,
    tries: cursor.tries,
    startedAt: handle.startedAt,
    begunAt: cursor.begunAt ?? clockOf(host.adapter),
    signal: host.signal,
    now: () => clockOf(host.adapter),
    reveal: host.reveal,
  }
}

function settled(handle: OperationHandle, host: EngineHost, advanced?: Advanced): Advanced {
  if (handle.phase === 'ended') host.emit(eventOf('ended', handle, handle.error?.code))
  return { retryAfterMs: 0, ...advanced, handle }
}

export function eventOf(event: StepEvent['event'], handle: OperationHandle, code?: string): StepEvent {
  return {
    event,
    operationId: handle.id,
    kind: handle.kind,
    endpoint: handle.endpoint,
    ...(handle.actor !== undefined && { actor: handle.actor }),
    phase: handle.phase,
    step: handle.cursor.step,
    index: handle.cursor.index,
    ...(code !== undefined && { code }),
  }
}

function cancelledError(cause?: HypervisorError): HypervisorError {
  return new HypervisorError('CANCELLED', 'the operation was cancelled', {
    outcome: 'failed',
    ...(cause && { cause }),
  })
}

function weakError(step: string): HypervisorError {
  const message = `what '${step}' made is only probably ours, so it was not destroyed; look at it and remove it by hand`
  return new HypervisorError('FAILED_PRECONDITION', message, { outcome: 'applied' })
}
