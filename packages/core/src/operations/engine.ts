import type { HypervisorError } from '../errors/hypervisor-error.js'
import { abbreviate } from './abbreviate.js'
import { contextOf, contextsOf } from './context.js'
import { hasRoom, tooLongError } from './fit-handle.js'
import type { AppliedStep, Cursor, OperationHandle, OperationKind } from './handle.js'
import { add, begunNow, cursorAfter, merge, withFraction, withNotes } from './handle-changes.js'
import { clockOf, type EngineHost, type StepEvent } from './host.js'
import { lookBefore, runStep, type Transition } from './run-step.js'
import { inSession, staleScope, withoutSession } from './session-scope.js'
import type { Leftover } from './step.js'
import { stopNative, withStopping } from './stop-native.js'
import { cancelledError, deadlineError, hindrances, stopOf, weakError } from './stops.js'
import {
  type AnyDefinition,
  type AnyStep,
  currentStep,
  cursorAt,
  cursorFrom,
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
  const step = currentStep(definition, given)
  const early = beforeStep(definition, given, host)
  if (early) return settled(await host.checkpoint(early), host)
  const late = await afterDeadline(definition, step, given, host)
  if (late) return settled(late, host)

  const rewind = staleScope(definition, step, given, host)
  let handle: OperationHandle = { ...given, cursor: begunNow(given.cursor, host) }
  const context = contextOf(handle, handle.cursor, host)
  const lane = handle.cursor.stage === 'accepted' ? 'polls' : step.repeat === 'read' ? 'reads' : 'mutations'
  const hindered = hindrances(stopOf(given, host), rewind)
  const intent = async () => {
    handle = await host.checkpoint({ ...handle, cursor: { ...handle.cursor, stage: 'intent' } })
    host.emit(eventOf('begin', handle))
  }
  const visitStep = () => runStep(step, handle.cursor, context, intent, hindered)
  // Looks of many that wait in one lane are answered together, so they need the wide lane of polls.
  const look = () => lookBefore(step, handle.cursor, context)
  const blocked =
    step.blockedBy && Object.keys(hindered).length === 0
      ? await host.limiter.run('polls', look, host.signal)
      : undefined
  const answered = blocked ?? (await host.limiter.run(lane, visitStep, host.signal))
  if (answered.to === 'halt') throw answered.error
  handle = inSession(step, handle, answered, rewind, host)
  const transition = rememberable(step, handle, answered)
  // Sent before and perhaps carried out, whatever a later look or attempt says: nobody may tell that nothing was begun.
  if (given.cursor.stage === 'intent' && step.repeat === 'safe' && isUntold(transition)) {
    handle = { ...handle, mayHaveChanged: true }
  }
  const advanced = follow(definition, step, handle, transition, host)
  const changed = step.repeat !== 'read' || advanced.handle.phase !== handle.phase
  const polledOnly = transition.to === 'stay' && handle.cursor.stage === 'accepted'
  // Nothing was sent: what is stored stays true, be it the step before or an intent that `find` sees through.
  const waitsOnly = transition.to === 'stay' && transition.busy === true && given.cursor.stage === 'ready'
  if (!changed || polledOnly || waitsOnly) return advanced
  return settled(await host.checkpoint(advanced.handle), host, advanced)
}

/** Does this leave open whether an earlier attempt was carried out? */
function isUntold(transition: Transition): boolean {
  return (
    transition.to === 'jump' ||
    transition.to === 'fail' ||
    (transition.to === 'stay' && transition.cursor.stage === 'ready')
  )
}

/** What to do instead of a step of which nothing was sent: a stop, a new session, an undo that nobody may do. */
function beforeStep(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle | undefined {
  if (handle.phase === 'undo') return beforeUndo(definition, handle, host)
  if (handle.phase !== 'forward' || handle.cursor.stage !== 'ready') return undefined
  const stop = stopOf(handle, host)
  if (stop) return failed(definition, handle, stop, false, host)
  const step = currentStep(definition, handle)
  if (step.repeat !== 'read' && !hasRoom(handle, true)) {
    return failed(definition, handle, tooLongError(step.name, 'not-started'), false, host)
  }
  const first = staleScope(definition, step, handle, host)
  return first === undefined ? undefined : { ...withoutSession(handle), cursor: cursorAt(first) }
}

/** A clean-up starts at whatever was stuck; what is only probably ours is left alone by it too. */
function beforeUndo(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle | undefined {
  const { step, index } = handle.cursor
  const entry = handle.applied.find((candidate) => candidate.step === step && candidate.index === index)
  return entry?.weak ? undoImpossible(definition, handle, entry, weakError(step), host) : undefined
}

/** How long a native task that was asked to stop may take to end before undo starts regardless, in milliseconds. */
const stoppingMs = 60_000

/** Accepted work past its deadline: asked to stop and given time for it; where it cannot be stopped, undone at once. */
async function afterDeadline(
  definition: AnyDefinition,
  step: AnyStep,
  handle: OperationHandle,
  host: EngineHost,
): Promise<OperationHandle | undefined> {
  const { cursor, deadlineAt } = handle
  if (handle.phase !== 'forward' || cursor.stage !== 'accepted' || deadlineAt === undefined) return undefined
  if (clockOf(host.adapter) <= deadlineAt) return undefined
  if (cursor.stopping && clockOf(host.adapter) <= deadlineAt + stoppingMs) return undefined
  let asked = handle
  if (!cursor.stopping && step.cancel) {
    asked = await host.checkpoint(withStopping(handle))
    // A refusal to stop is no reason to wait longer: undo has to cope with what still runs.
    if (await stopNative(step, asked, host).catch(() => false)) return asked
  }
  const error = handle.cancelled ? cancelledError() : deadlineError(handle)
  return host.checkpoint(failed(definition, asked, error, step.repeat !== 'read', host))
}

/** What the step answered; a failure of it when the handle has no room to remember that. */
function rememberable(
  step: AnyStep,
  handle: OperationHandle,
  transition: Exclude<Transition, { readonly to: 'halt' }>,
): Exclude<Transition, { readonly to: 'halt' }> {
  const grows =
    transition.to !== 'fail' &&
    (transition.state !== undefined || (transition.to === 'stay' && transition.cursor.task !== undefined))
  // Most looks at a task tell nothing new, and weighing a handle costs as much as the rest of such a visit.
  if (!grows) return transition
  const cursor = transition.to === 'stay' ? cursorAfter(handle.cursor, transition.cursor) : handle.cursor
  if (hasRoom({ ...handle, cursor, state: merge(handle.state, transition.state) })) return transition
  return { to: 'fail', error: tooLongError(step.name), applied: step.repeat !== 'read' }
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
    const cursor = cursorAfter(handle.cursor, transition.cursor)
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
  if (noted.phase === 'undo') {
    const again = transition.to === 'jump' ? undoPart(definition, noted, transition.goTo) : undefined
    return { handle: again ?? undone(definition, noted, host), retryAfterMs: 0 }
  }
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

/** Undo goes on at another part of the same step's undo. */
function undoPart(definition: AnyDefinition, handle: OperationHandle, name: string): OperationHandle {
  const { step, index } = handle.cursor
  const part = undoOf(definition, { step }).findIndex((candidate) => candidate.name === name)
  if (part < 0) throw new TypeError(`the undo of '${step}' jumps to '${name}', which is no part of it`)
  return { ...handle, cursor: cursorAt(step, index, part) }
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
  const error = handle.cursor.stopping ? stoppedError(handle, failure.error) : failure.error
  return failed(definition, handle, error, failure.applied && step.repeat !== 'read', host)
}

/** The native task was asked to stop, and failed: that is how it stopped. */
function stoppedError(handle: OperationHandle, cause: HypervisorError): HypervisorError {
  return handle.cancelled ? cancelledError(cause) : deadlineError(handle, cause)
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
  const told = abbreviate(error.toJSON())
  // The refused step did not start; the operation had, and says so also when everything is taken back.
  const outcome =
    told.outcome !== 'not-started'
      ? told.outcome
      : all.length > 0
        ? 'failed'
        : handle.mayHaveChanged
          ? 'unknown'
          : told.outcome
  return toUndo(definition, { ...handle, applied: all, error: { ...told, outcome } }, host)
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

function undoable(definition: AnyDefinition, applied: readonly AppliedStep[]): boolean {
  return nextToUndo(definition, applied) !== undefined
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
