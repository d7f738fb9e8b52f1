import {
  type Begun,
  type Found,
  HypervisorError,
  type Marker,
  type OperationDefinition,
  type OperationInputs,
  type Polled,
  type Step,
  type StepContext,
  type VmInfo,
} from '@dcm/core'
import type { PebbleVm } from '../client/types.js'
import { type Appliance, isRefusal, orAbsent, pollMs, pollTask } from './appliance.js'
import { readNotes, writeNotes } from './map-notes.js'
import { mapInfo } from './map-vm.js'
import { type Plan, planVm } from './plan-vm.js'
import { undoCreate } from './undo-create.js'

type CreateInput = OperationInputs['createVm']

/** What the steps learn. It lives in the handle: JSON, and a type alias (interfaces are not JSON to the compiler). */
export type CreateState = {
  readonly plan: Plan
  /** Tells the VM of this run from one that another run of the same key made. */
  readonly attempt: string
  readonly vmId: string
}

export type CreateStep = Step<CreateInput, CreateState>
export type CreateContext = StepContext<CreateInput, CreateState>

// #region steps
/**
 * | step | repeat | begin | poll, or waits for | find | undo |
 * |---|---|---|---|---|---|
 * | plan | read | `GET /inventory` | | | |
 * | lookup | read | `GET /vms`, by the marker in the notes | | | |
 * | create | once | `POST /vms` with notes: the name is the claim | the task | by name, then marker and attempt | cut, remove |
 * | made | read | | the VM is not building any more | | |
 * | start | safe | `POST /vms/{id}/power` on, unless it ever ran | the task | | with create |
 */
export function createVm(appliance: Appliance): OperationDefinition<CreateInput, CreateState, VmInfo> {
  return {
    steps: [plan(appliance), lookup(appliance), create(appliance), made(appliance), start(appliance)],
    result: async ({ state, signal }) => mapInfo(await appliance.vm(state.vmId ?? '', signal), appliance.endpoint),
  }
}
// #endregion

function plan(appliance: Appliance): CreateStep {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input, state, signal }) {
      // The attempt is chosen once and then kept: `begin` may run again in another process.
      const attempt = state.attempt ?? crypto.randomUUID()
      return { done: true, state: { attempt, plan: planVm(input.spec, await appliance.inventory(signal)) } }
    },
  }
}

// #region lookup
/** Did this key make a VM already? Then that one is the answer, and nothing is written. */
function lookup(appliance: Appliance): CreateStep {
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context): Promise<Begun<CreateState>> {
      const { key, specHash } = markerOf(context)
      const vms = await appliance.vms(context.signal)
      const made = vms.find(({ notes }) => readNotes(notes).stamp?.marker.key === key)
      if (!made) return { done: true }
      if (readNotes(made.notes).stamp?.marker.specHash !== specHash) throw otherSpec(made, appliance.endpoint)
      return { goTo: 'made', state: { vmId: made.id } }
    },
  }
}
// #endregion

// #region create
/** The one call that must never be sent twice blindly: `once`, so only `find` decides. */
function create(appliance: Appliance): CreateStep {
  return {
    name: 'create',
    repeat: 'once',
    weight: 5,
    async begin(context): Promise<Begun<CreateState>> {
      const { plan, attempt = '' } = context.state
      if (!plan) throw new TypeError('the plan is made by the first step')
      const stamp = { marker: markerOf(context), attempt }
      const notes = writeNotes({ stamp, description: context.input.spec.description ?? '' })
      try {
        const { id, task } = await appliance.createVm({ ...plan, notes }, context.signal)
        return { task, state: { vmId: id }, retryAfterMs: pollMs }
      } catch (reason) {
        // The claim is lost. To another run of our own key: then `lookup` finds its VM. To a stranger: a failure.
        if (!isRefusal(reason, 'name-taken') || !(await findMine(appliance, context))) throw reason
        return { goTo: 'lookup' }
      }
    },
    poll: ({ signal }, task) => pollTask(appliance, task, signal),
    async find(context): Promise<Found<CreateState>> {
      const vm = await findMine(appliance, context)
      if (!vm) return { found: 'absent' }
      // Made by another run of our key: adopt it, but leave it out of our undo.
      if (readNotes(vm.notes).stamp?.attempt !== context.state.attempt) return { found: 'foreign', goTo: 'lookup' }
      return { found: 'mine', state: { vmId: vm.id } }
    },
    findCanBeWrong:
      'A request that is still on its way lands after the look: sent again, it meets its own name, and `lookup` adopts it.',
    undo: undoCreate(appliance),
    leftovers: ({ input, state }) =>
      state.vmId === undefined ? [] : [{ kind: 'vm', id: state.vmId, name: input.spec.name }],
  }
}

/** The VM that holds our name, if it carries our key. */
async function findMine(appliance: Appliance, context: CreateContext): Promise<PebbleVm | undefined> {
  const vms = await appliance.vms(context.signal)
  const vm = vms.find(({ name }) => name === context.input.spec.name)
  return vm && readNotes(vm.notes).stamp?.marker.key === markerOf(context).key ? vm : undefined
}
// #endregion

// #region made
/**
 * A condition instead of a task. It serves two that have no task: a run that adopted another's VM, and one whose task
 * the appliance has forgotten.
 */
function made(appliance: Appliance): CreateStep {
  return {
    name: 'made',
    repeat: 'read',
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    async poll({ state, signal }): Promise<Polled<CreateState>> {
      const vm = await orAbsent(appliance.vm(state.vmId ?? '', signal), 'no-such-vm')
      // Its maker failed and took it back while we waited: now it is ours to make.
      if (!vm) return { goTo: 'lookup' }
      if (vm.state === 'building' || vm.state === 'removing') return { running: true, retryAfterMs: pollMs }
      if (vm.state !== 'broken') return { done: true }
      const message = `the appliance broke VM '${vm.id}' while it built it, and does not say why any more`
      throw new HypervisorError('INTERNAL', message, {
        endpoint: appliance.endpoint,
        resource: vm.id,
        outcome: 'failed',
      })
    },
  }
}
// #endregion

/** `safe`: a VM that has ever been started is left as it is, also by a later run that found it finished. */
function start(appliance: Appliance): CreateStep {
  return {
    name: 'start',
    repeat: 'safe',
    times: ({ input }) => (input.spec.powerOn === false ? 0 : 1),
    async begin({ state, signal }): Promise<Begun<CreateState>> {
      const vm = await appliance.vm(state.vmId ?? '', signal)
      if (vm.boots > 0) return { done: true }
      return { ...(await appliance.power(vm.id, 'on', signal)), retryAfterMs: pollMs }
    },
    poll: ({ signal }, task) => pollTask(appliance, task, signal),
  }
}

export function markerOf({ marker }: Pick<CreateContext, 'marker'>): Marker {
  if (!marker) throw new TypeError('core gives every createVm a marker')
  return marker
}

function otherSpec({ id }: PebbleVm, endpoint: string): HypervisorError {
  const message = `VM '${id}' was made with the same idempotency key from another specification; use another key`
  const details = { reason: 'idempotency-key', existingId: id } as const
  return new HypervisorError('ALREADY_EXISTS', message, { endpoint, resource: id, details })
}
