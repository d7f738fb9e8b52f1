import { type Found, HypervisorError, type OperationDefinition, type Polled, type Step, type VmInfo } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { findByUuid, findChild, readVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import { type DetailRow, idOf, markerOfVm } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { resultOf, vmOf } from '../power/power-state.js'
import { startStep } from '../power/start.js'
import { cancelTask, pollTask, started, stillRunning } from '../task-step.js'
import { missingOf } from './config.js'
import { draftOfVm, isUnnamed, newAttempt } from './draft.js'
import { finishStep, helping } from './finish.js'
import { make } from './make.js'
import { placeStep } from './place.js'
import { plan } from './plan.js'
import { type CreateContext, type CreateInput, type CreateState, markerOf } from './state.js'
import { tagStep } from './tag.js'
import { stopSteps, undoSteps } from './undo.js'

/**
 * A VM from a template, full or linked, from a running VM (instant), or a blank one. Claim: the name in its folder. Marker:
 * instanceUuid and a setting.
 */
export function createVm(platform: Platform): OperationDefinition<CreateInput, CreateState, VmInfo> {
  return {
    steps: [
      { name: 'plan', repeat: 'read', begin: (context) => plan(platform, context) },
      lookupStep(platform),
      placeStep(platform),
      makeStep(platform),
      helping(platform, fixupStep(platform)),
      helping(platform, tagStep(platform)),
      helping(platform, { ...startStep<CreateInput, CreateState>(platform, wantsPower), undo: stopSteps(platform) }),
      helping(platform, finishStep(platform)),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
}

function wantsPower({ input, state }: CreateContext): boolean {
  return input.spec.powerOn !== false && state.finished !== true
}

/** What stands where our VM should be. */
type Holder =
  | { readonly is: 'nobody' }
  | { readonly is: 'ours'; readonly row: DetailRow }
  /** It is being made: its configuration cannot be read yet. */
  | { readonly is: 'unfinished'; readonly vm: string }
  | { readonly is: 'other-spec'; readonly row: DetailRow }
  | { readonly is: 'foreign'; readonly id: string }

/** By our uuid wherever it is, else by the name in the folder. */
async function findHolder(platform: Platform, context: CreateContext): Promise<Holder> {
  const { state, input, signal } = context
  const marker = markerOf(context)
  const [byUuid] = await findByUuid(platform, marker.key, signal)
  const found = byUuid ?? (await findChild(platform, state.folder ?? '', encodeName(input.spec.name), signal))
  if (found === undefined) return { is: 'nobody' }
  if (found.type !== 'VirtualMachine') return { is: 'foreign', id: found.value }
  const row = await readVm(platform, found.value, signal)
  if (row === undefined) return { is: 'nobody' }
  if (row['config.instanceUuid'] === undefined) return { is: 'unfinished', vm: found.value }
  if (idOf(row) !== marker.key && !isUnnamed(context, row)) return { is: 'foreign', id: idOf(row) }
  const stamped = markerOfVm(row)
  return stamped !== undefined && stamped.specHash !== marker.specHash ? { is: 'other-spec', row } : { is: 'ours', row }
}

type LookedUp =
  | { readonly done: true; readonly state?: Partial<CreateState> }
  | { readonly done?: never; readonly running: true; readonly retryAfterMs: number; readonly waitingFor: string }

/** Is there a VM of this key already? Waits for one that is being made; ends with it adopted, or with none. */
function lookupStep(platform: Platform): Step<CreateInput, CreateState> {
  const look = async (context: CreateContext): Promise<LookedUp> => {
    const holder = await findHolder(platform, context)
    switch (holder.is) {
      case 'nobody':
        return { done: true, state: { attempt: context.state.attempt ?? newAttempt(), own: false } }
      case 'ours': {
        const draft = draftOfVm(holder.row)
        if (draft?.being === 'removed') return beingRemoved(context, holder.row)
        const own = draft !== undefined && draft.attempt === context.state.attempt
        return { done: true, state: { vm: holder.row.ref.value, own, adopted: !own, finished: draft === undefined } }
      }
      case 'unfinished':
        return { ...stillRunning(context), waitingFor: `${holder.vm}, which is being made under this name` }
      case 'other-spec':
      case 'foreign':
        throw taken(context, holder)
    }
  }
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context) {
      const seen = await look(context)
      return seen.done === true ? seen : { task: null, retryAfterMs: seen.retryAfterMs }
    },
    poll: (context) => look(context),
  }
}

/** How long a VM that is being removed is waited for. */
const removalMs = 60_000

function beingRemoved(context: CreateContext, row: DetailRow): LookedUp {
  if (context.now() - context.begunAt < removalMs) {
    const waitingFor = `VM ${idOf(row)}, which another run with the same key is taking back`
    return { ...stillRunning(context), waitingFor }
  }
  const message = `VM ${idOf(row)} carries this key and was being taken back, and is still there: resume the run that failed, or its clean-up, or delete the VM, and create again`
  throw new HypervisorError('FAILED_PRECONDITION', message, { resource: idOf(row), details: { reason: 'abandoned' } })
}

function taken({ input }: CreateContext, holder: Extract<Holder, { is: 'other-spec' | 'foreign' }>): HypervisorError {
  if (holder.is === 'other-spec') {
    const id = idOf(holder.row)
    const message = `VM ${id} was made with this idempotency key from another specification: use another key`
    return new HypervisorError('ALREADY_EXISTS', message, { details: { reason: 'idempotency-key', existingId: id } })
  }
  const message = `'${input.spec.name}' stands in the folder already (${holder.id}): choose another name or folder`
  return new HypervisorError('ALREADY_EXISTS', message, { details: { reason: 'name', existingId: holder.id } })
}

/** CloneVM_Task, InstantClone_Task or CreateVM_Task: of two contenders for a name in a folder the platform lets one win. */
function makeStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'make',
    repeat: 'once',
    times: ({ state }) => (state.adopted === true ? 0 : 1),
    weight: 8,
    async begin(context) {
      if (context.state.own === true) return { done: true }
      try {
        return started(await make(platform, context))
      } catch (error) {
        if (isFault(error, 'DuplicateName')) return collided
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        succeeded: (result): Polled<CreateState> => ({ done: true, state: { vm: newVmOf(result) } }),
        failed: (error) => (isFault(error, 'DuplicateName') ? collided : undefined),
      }),
    cancel: ({ signal }, task) => cancelTask(platform, task, signal),
    findCanBeWrong:
      'a clone that waits in the queue of a busy server for longer than ours is waited for is taken for lost',
    async find(context): Promise<Found<CreateState>> {
      const holder = await findHolder(platform, context)
      switch (holder.is) {
        case 'ours': {
          const own = draftOfVm(holder.row)?.attempt === context.state.attempt
          return own ? { found: 'mine', state: { vm: holder.row.ref.value } } : { found: 'foreign', ...collided }
        }
        case 'unfinished':
          return { found: 'undecided', retryAfterMs: 1_000 }
        case 'nobody':
          return context.now() - context.begunAt < queuedMs
            ? { found: 'undecided', retryAfterMs: 1_000 }
            : { found: 'absent' }
        case 'other-spec':
        case 'foreign':
          return { found: 'foreign', reason: taken(context, holder).message }
      }
    },
    undo: undoSteps(platform),
    leftovers: ({ state, input }) => [{ kind: 'vm', id: state.id ?? state.vm ?? 'unknown', name: input.spec.name }],
  }
}

/** How long a clone that was asked for may take to show in the inventory. */
const queuedMs = 5_000

/** Somebody made a VM of our name just now: look who. */
const collided = { goTo: 'lookup', forget: ['make'] }

function newVmOf(result: unknown): string {
  const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
  if (typeof value !== 'string') throw new TypeError('a clone ends with a reference to the new VM')
  return value
}

/** Reads the VM back, and reconfigures what the clone left out. */
function fixupStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'fixup',
    repeat: 'safe',
    times: ({ state }) => (state.finished === true ? 0 : 1),
    async begin(context) {
      const { state, signal } = context
      const row = await readVm(platform, vmOf(state).value, signal)
      if (row === undefined) throw new HypervisorError('NOT_FOUND', `the new VM ${state.vm} was removed meanwhile`)
      // Another run has helped it to its end: from now on it is its owner's.
      if (draftOfVm(row) === undefined) return collided
      const missing = await missingOf(context, row)
      if (missing === undefined) return { done: true }
      const changeVersion = row['config.changeVersion']
      const spec = { ...(changeVersion !== undefined && { changeVersion }), ...missing }
      return started(await platform.api.call(row.ref, 'ReconfigVM_Task', { spec }, { signal }))
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        vm: context.state.vm,
        failed: (error) => (isFault(error, 'ConcurrentAccess') ? { goTo: 'fixup' } : undefined),
      }),
  }
}
