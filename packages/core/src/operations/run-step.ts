import type { ErrorOutcome } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import { backOffMs } from './back-off.js'
import type { Cursor } from './handle.js'
import type { Begun, Found, Leftover, Polled, Step, StepBusy, StepContext } from './step.js'

/** What one visit to a step leads to. */
export type Transition =
  /** The step is done. */
  | {
      readonly to: 'next'
      readonly applied: boolean
      readonly weak?: true
      readonly state?: JsonObject
      readonly warnings?: readonly string[]
      readonly forget?: readonly string[]
    }
  /** Come back to it later. */
  | {
      readonly to: 'stay'
      readonly cursor: Partial<Cursor>
      readonly retryAfterMs: number
      readonly state?: JsonObject
      readonly waitingFor?: string
      /** Nothing was sent. */
      readonly busy?: true
      readonly error?: HypervisorError
    }
  /** Go on elsewhere. */
  | {
      readonly to: 'jump'
      readonly goTo: string
      readonly state?: JsonObject
      readonly warnings?: readonly string[]
      readonly forget?: readonly string[]
      readonly leftovers?: readonly Leftover[]
    }
  /** The operation fails. `applied`: this step may have changed something. */
  | { readonly to: 'fail'; readonly error: HypervisorError; readonly applied: boolean }
  /** We cannot go on, but the operation has not failed: the caller gets the error and keeps the handle it has. */
  | { readonly to: 'halt'; readonly error: HypervisorError }

type AnyStep = Step<unknown, JsonObject>
type AnyContext = StepContext<unknown, JsonObject>

const defaultMaxTries = 8
const defaultUndecidedMs = 600_000
/** Failed looks in a row at accepted work before the caller is told; the work itself may still go well. */
const maxLooks = 20

/** What may keep a step from being begun. */
export interface Hindrances {
  /** A cancellation, a deadline: nothing new is begun, the step fails with it once its past is known. */
  readonly stop?: HypervisorError
  /** The session that this step belongs to is gone: once its past is known, go on at this first step of the scope. */
  readonly rewind?: string
}

/**
 * Visits a step once: at most one native mutation, no sleep. `intent` is awaited before a mutation is sent.
 * A lost answer leaves the stage at `intent`, and the next visit asks `find` (or repeats, where that is safe).
 */
export async function runStep(
  step: AnyStep,
  cursor: Cursor,
  context: AnyContext,
  intent: () => Promise<void>,
  { stop, rewind }: Hindrances = {},
): Promise<Transition> {
  if (cursor.stage === 'accepted') return look(step, cursor, context)
  const once = step.repeat === 'once'
  if (cursor.stage === 'intent' && once) {
    const found = await find(step, cursor, context)
    if (found !== 'begin') return found
    if (cursor.tries >= maxTriesOf(step)) return { to: 'fail', error: lostError(step.name, cursor), applied: false }
  }
  if (stop) return { to: 'fail', error: stop, applied: cursor.stage === 'intent' && !once }
  if (rewind !== undefined) return { to: 'jump', goTo: rewind }
  if (step.repeat !== 'read') await intent()
  try {
    return afterBegin(step, cursor, await step.begin(context))
  } catch (thrown) {
    const error = asError(thrown)
    return context.signal.aborted && undetermined.has(error.outcome)
      ? afterAbort(step, cursor, error)
      : afterRefusal(step, cursor, error)
  }
}

/**
 * Must the step wait before it is sent? Only looks, so a failure of it is a failed read. Undefined when the way is free,
 * or where the past of the step has to be known first.
 */
export async function lookBefore(step: AnyStep, cursor: Cursor, context: AnyContext): Promise<Transition | undefined> {
  const past = cursor.stage === 'accepted' || (cursor.stage === 'intent' && step.repeat === 'once')
  if (!step.blockedBy || past) return undefined
  try {
    const busy = await step.blockedBy(context)
    return busy && afterBusy(step, cursor, busy)
  } catch (thrown) {
    const error = asError(thrown)
    const refused = context.signal.aborted ? afterAbort(looking, cursor, error) : afterRefusal(looking, cursor, error)
    if (refused.to === 'stay') return { ...refused, cursor: { ...refused.cursor, stage: stageUnsent(step, cursor) } }
    return refused.to === 'fail' ? { ...refused, applied: stageUnsent(step, cursor) === 'intent' } : refused
  }
}

const looking: Pick<AnyStep, 'repeat' | 'maxTries'> = { repeat: 'read' }

/** Where a step stands of which nothing was sent this time; what may be repeated may have been sent earlier. */
function stageUnsent(step: AnyStep, cursor: Cursor): Cursor['stage'] {
  return step.repeat === 'safe' ? cursor.stage : 'ready'
}

function afterBusy(step: AnyStep, cursor: Cursor, { busy, retryAfterMs }: StepBusy): Transition {
  return {
    to: 'stay',
    cursor: { stage: stageUnsent(step, cursor), tries: cursor.tries },
    retryAfterMs,
    waitingFor: busy,
    busy: true,
  }
}

const undetermined: ReadonlySet<ErrorOutcome> = new Set(['not-started', 'unknown'])

function maxTriesOf(step: Pick<AnyStep, 'maxTries'>): number {
  return step.maxTries ?? defaultMaxTries
}

/** Whoever waited gave up: that is no failure of the operation, which stays where it is. */
function afterAbort(step: Pick<AnyStep, 'repeat'>, cursor: Cursor, error: HypervisorError): Transition {
  const unsent = step.repeat === 'read' || error.outcome === 'not-started'
  const stage = unsent ? 'ready' : 'intent'
  return { to: 'stay', cursor: { stage, tries: cursor.tries }, retryAfterMs: 0, error }
}

function afterBegin(step: AnyStep, cursor: Cursor, begun: Begun<JsonObject>): Transition {
  if ('done' in begun) return { to: 'next', applied: step.repeat !== 'read', ...pick(begun) }
  if ('goTo' in begun) return { to: 'jump', goTo: begun.goTo, ...pick(begun) }
  if ('busy' in begun) return afterBusy(step, cursor, begun)
  const accepted: Partial<Cursor> = { stage: 'accepted', task: begun.task, tries: 0 }
  return {
    to: 'stay',
    cursor: accepted,
    retryAfterMs: begun.retryAfterMs ?? 500,
    ...(begun.state && { state: begun.state }),
  }
}

function afterRefusal(step: Pick<AnyStep, 'repeat' | 'maxTries'>, cursor: Cursor, error: HypervisorError): Transition {
  const tries = cursor.tries + 1
  const again = tries < maxTriesOf(step)
  const retryAfterMs = error.retryAfterMs ?? backOffMs(cursor.tries)
  if (isAboutOurAccess(error) && error.outcome === 'not-started') return { to: 'halt', error }
  if (step.repeat === 'read') {
    if (error.retryable && again) return { to: 'stay', cursor: { stage: 'ready', tries }, retryAfterMs, error }
    return { to: 'fail', error, applied: false }
  }
  if (error.outcome === 'unknown') {
    // Where `find` can tell, it is asked even after the last attempt: nothing is given up half known.
    if (again || step.repeat === 'once') return { to: 'stay', cursor: { stage: 'intent', tries }, retryAfterMs, error }
    return { to: 'fail', error, applied: true }
  }
  if (error.retryable && again && error.outcome !== 'applied') {
    return { to: 'stay', cursor: { stage: 'ready', tries }, retryAfterMs, error }
  }
  return { to: 'fail', error, applied: error.outcome === 'applied' }
}

/** Looks at accepted work. */
async function look(step: AnyStep, cursor: Cursor, context: AnyContext): Promise<Transition> {
  if (!step.poll) throw new TypeError(`step '${step.name}' answered with a task but has no poll`)
  let polled: Polled<JsonObject>
  try {
    polled = await step.poll(context, cursor.task ?? null)
  } catch (thrown) {
    const error = asError(thrown)
    if (isAboutOurAccess(error)) return { to: 'halt', error }
    if (!error.retryable || error.outcome === 'failed') return { to: 'fail', error, applied: true }
    return lookAgain(cursor, error)
  }
  if ('done' in polled) return { to: 'next', applied: step.repeat !== 'read', ...pick(polled) }
  if ('goTo' in polled) return { to: 'jump', goTo: polled.goTo, ...pick(polled) }
  if ('vanished' in polled) {
    const asked: Cursor = { ...cursor, stage: 'intent', looks: 0 }
    if (step.repeat !== 'once') return { to: 'stay', cursor: { stage: 'intent', tries: 0 }, retryAfterMs: 0 }
    const found = await find(step, asked, context)
    if (found === 'begin') return { to: 'stay', cursor: { stage: 'intent', tries: 0 }, retryAfterMs: 0 }
    // The task is gone for good: from now on only `find` is asked.
    return found.to === 'stay' && found.cursor.stage === undefined
      ? { ...found, cursor: { stage: 'intent', tries: 0, ...found.cursor } }
      : found
  }
  return {
    to: 'stay',
    cursor: { looks: 0, ...(polled.fraction !== undefined && { fraction: polled.fraction }) },
    retryAfterMs: polled.retryAfterMs ?? 1000,
    ...(polled.state && { state: polled.state }),
    ...(polled.waitingFor !== undefined && { waitingFor: polled.waitingFor }),
  }
}

/** Asks what became of a begin whose answer was lost; `begin` when it surely was not done. */
async function find(
  step: Extract<AnyStep, { readonly repeat: 'once' }>,
  cursor: Cursor,
  context: AnyContext,
): Promise<Transition | 'begin'> {
  let found: Found<JsonObject>
  try {
    found = await step.find(context)
  } catch (thrown) {
    const error = asError(thrown)
    return error.retryable ? lookAgain(cursor, error) : { to: 'halt', error }
  }
  switch (found.found) {
    case 'absent':
      return 'begin'
    case 'mine':
      return { to: 'next', applied: true, ...(found.weak && { weak: found.weak }), ...pick(found) }
    case 'running': {
      const accepted: Partial<Cursor> = { stage: 'accepted', task: found.task, tries: 0 }
      return { to: 'stay', cursor: accepted, retryAfterMs: 0, ...(found.state && { state: found.state }) }
    }
    case 'foreign':
      if (found.goTo !== undefined) return { to: 'jump', goTo: found.goTo, ...pick(found) }
      return { to: 'fail', error: foreignError(step.name, found.reason), applied: false }
    case 'lost':
      return { to: 'jump', goTo: found.goTo, leftovers: found.leftovers }
    case 'unknowable':
      return { to: 'fail', error: unknowableError(step.name, found.reason), applied: true }
    case 'undecided': {
      // Counted from the first look, since a handle may have lain for days before anybody asked.
      const undecidedSince = cursor.undecidedSince ?? context.now()
      if (context.now() - undecidedSince <= (step.undecidedMs ?? defaultUndecidedMs)) {
        const waitingFor = `what became of '${step.name}'`
        return { to: 'stay', cursor: { undecidedSince, looks: 0 }, retryAfterMs: found.retryAfterMs, waitingFor }
      }
      return { to: 'fail', error: unknowableError(step.name, 'the platform did not show it in time'), applied: true }
    }
  }
}

function lookAgain(cursor: Cursor, error: HypervisorError): Transition {
  const looks = (cursor.looks ?? 0) + 1
  if (looks >= maxLooks) return { to: 'halt', error }
  return { to: 'stay', cursor: { looks }, retryAfterMs: error.retryAfterMs ?? backOffMs(looks - 1), error }
}

/** Errors that say nothing of the remote work: the same handle goes on once they are mended. */
export function isAboutOurAccess(error: HypervisorError): boolean {
  return error.code === 'UNAUTHENTICATED' || error.code === 'TLS_UNTRUSTED' || error.code === 'CANCELLED'
}

function foreignError(step: string, reason: string | undefined): HypervisorError {
  const why = reason ?? 'something of another owner stands where this operation works'
  return new HypervisorError('CONFLICT', `step '${step}': ${why}`, { outcome: 'not-started' })
}

function lostError(step: string, cursor: Cursor): HypervisorError {
  const message = `'${step}' was sent ${cursor.tries} times, each time the answer was lost and nothing had been done; check the way to the endpoint`
  return new HypervisorError('UNAVAILABLE', message, { outcome: 'failed' })
}

function unknowableError(step: string, reason: string): HypervisorError {
  const message = `nobody can tell whether '${step}' took place: ${reason}; look at the VM before trying again`
  return new HypervisorError('INTERNAL', message, { outcome: 'unknown' })
}

/** Anything thrown, as an error of ours. A lost or strange answer to a mutation may hide a change: outcome unknown. */
function asError(thrown: unknown): HypervisorError {
  if (HypervisorError.isInstance(thrown)) return thrown
  const message = 'the adapter failed in a way it does not describe; see the cause'
  return new HypervisorError('INTERNAL', message, { outcome: 'unknown', cause: thrown })
}

function pick(source: {
  readonly state?: JsonObject
  readonly warnings?: readonly string[]
  readonly forget?: readonly string[]
}): { state?: JsonObject; warnings?: readonly string[]; forget?: readonly string[] } {
  return {
    ...(source.state && { state: source.state }),
    ...(source.warnings && { warnings: source.warnings }),
    ...(source.forget && { forget: source.forget }),
  }
}
