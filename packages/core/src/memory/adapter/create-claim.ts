import { HypervisorError } from '../../errors/hypervisor-error.js'
import { formatMarker, type Marker, parseMarker } from '../../operations/marker.js'
import type { Begun, Found, Polled } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import { type Connection, isRefusal } from './connection.js'
import { planCreate } from './create-plan.js'
import { type CreateContext, type CreateState, type CreateStep, extensionsOf, planOf } from './create-state.js'
import { undoCreate } from './create-undo.js'
import { attemptKey, markerKey, readyKey } from './map-vm.js'
import { accepted, pollTask, readVm, stopTask } from './steps.js'

/** The steps up to the VM's existence: resolve, look whether it is there, choose an id, create under the claim. */
export function claimSteps(connection: Connection, site: string): readonly CreateStep[] {
  return [plan(connection, site), lookup(connection), settled(connection), reserve(connection), create(connection)]
}

/** `inventory`, and every problem of the specification at once. */
function plan(connection: Connection, site: string): CreateStep {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input, signal }) {
      const inventory = await connection.call('inventory', {}, signal)
      return { done: true, state: { plan: planCreate(input.spec, inventory, site) } }
    },
  }
}

/** Is there a VM with our claim? Then it is finished, or helped to its end. */
function lookup(connection: Connection): CreateStep {
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context): Promise<Begun<CreateState>> {
      const [vm] = await connection.call('vm.find', { claim: markerOf(context).key }, context.signal)
      if (!vm) return { goTo: 'reserve', state: { attempt: context.state.attempt ?? crypto.randomUUID() } }
      assertSameSpec(vm, markerOf(context), connection.endpoint)
      const state = { vmId: vm.id, generation: vm.generation, adopted: true }
      if (vm.metadata[readyKey] !== undefined) return { goTo: 'confirm', state }
      return { done: true, state }
    },
  }
}

/** Only for an adopted VM: waits until whoever makes it has made it. */
function settled(connection: Connection): CreateStep {
  return {
    name: 'settled',
    repeat: 'read',
    times: ({ state }) => (state.adopted ? 1 : 0),
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    async poll({ state, signal }): Promise<Polled<CreateState>> {
      const vm = await readVm(connection, { id: state.vmId ?? '' }, signal)
      if (!vm || vm.generation !== state.generation) return { goTo: 'lookup', state: forgotten }
      if (vm.state === 'BUILDING' || vm.state === 'REMOVING') {
        const waitingFor = 'another run with the same idempotency key'
        return { running: true, retryAfterMs: connection.client.pollMs(), waitingFor }
      }
      if (vm.state !== 'FAULT') return { goTo: 'configure' }
      const message = `VM '${vm.id}' of the same idempotency key was left half made by another run; resume that one, or delete the VM`
      throw new HypervisorError('CONFLICT', message, { endpoint: connection.endpoint, resource: vm.id })
    },
  }
}

/** A free id, from a place that follows from the key and moves on with each collision. */
function reserve(connection: Connection): CreateStep {
  return {
    name: 'reserve',
    repeat: 'read',
    async begin(context) {
      const { key } = markerOf(context)
      const from = 10_000 + (Number.parseInt(key.slice(0, 6), 16) % 80_000) + (context.state.collisions ?? 0)
      const { id } = await connection.call('vm.freeId', { from }, context.signal)
      return { done: true, state: { vmId: id } }
    },
  }
}

/**
 * The atomic claim: of all creations with one claim the platform lets one win. Marker and attempt are stamped by the
 * same call.
 */
function create(connection: Connection): CreateStep {
  return {
    name: 'create',
    repeat: 'once',
    weight: 6,
    async begin(context): Promise<Begun<CreateState>> {
      try {
        return accepted(connection, await sendCreate(connection, context))
      } catch (reason) {
        if (isRefusal(reason, 'DUPLICATE_ID')) return collided(context)
        if (isRefusal(reason, 'DUPLICATE_CLAIM')) return { goTo: 'lookup' }
        if (isRefusal(reason, 'TOO_MANY_CLONES')) {
          return { busy: 'other clones of the same template', retryAfterMs: connection.client.pollMs() }
        }
        throw reason
      }
    },
    async poll(context, task) {
      if (task !== null) return pollTask(connection, task, context.state.vmId)
      // Found under way without its task: the VM itself tells when it is made.
      const vm = await readVm(connection, { id: context.state.vmId ?? '' }, context.signal)
      if (!vm) return { vanished: true }
      if (vm.state === 'BUILDING') return { running: true, retryAfterMs: connection.client.pollMs() }
      if (vm.state === 'FAULT') throw brokenError(vm, connection.endpoint)
      return { done: true }
    },
    async find(context): Promise<Found<CreateState>> {
      const [vm] = await connection.call('vm.find', { claim: markerOf(context).key }, context.signal)
      if (!vm) return { found: 'absent' }
      if (vm.metadata[attemptKey] !== context.state.attempt) return { found: 'foreign', goTo: 'lookup' }
      if (vm.state === 'BUILDING' || vm.state === 'FAULT') {
        return { found: 'running', task: vm.state === 'BUILDING' ? (vm.task ?? null) : null }
      }
      return { found: 'mine' }
    },
    findCanBeWrong:
      'A request that is still held up on its way lands after the look: sent again, it meets its own claim, and that is judged by attempt.',
    cancel: ({ signal }, task) => stopTask(connection, task, signal),
    undo: undoCreate(connection),
    leftovers: ({ input, state }) =>
      state.vmId === undefined ? [] : [{ kind: 'vm', id: state.vmId, name: input.spec.name }],
  }
}

async function sendCreate(connection: Connection, context: CreateContext): Promise<{ readonly task: string }> {
  const { input, state, signal } = context
  const { spec } = input
  const plan = planOf(context)
  const marker = markerOf(context)
  const metadata = {
    ...extensionsOf(context).metadata,
    [markerKey]: formatMarker(marker),
    [attemptKey]: state.attempt ?? '',
  }
  const common = {
    id: state.vmId ?? '',
    name: spec.name,
    claim: marker.key,
    host: plan.host,
    metadata,
    ...(plan.pool !== undefined && { pool: plan.pool }),
  }
  if (plan.template !== undefined) {
    const linked = spec.source.from === 'template' && spec.source.clone === 'linked'
    const stores = plan.stores.slice(0, plan.templateDisks)
    return connection.call('vm.clone', { ...common, template: plan.template, linked, stores }, signal)
  }
  const { guestOs, firmware } = spec.source.from === 'template' ? {} : spec.source
  const disks = (spec.disks ?? []).map(({ sizeBytes }, index) => ({ sizeBytes, store: plan.stores[index] ?? '' }))
  // The plan made sure that they are given.
  const hardware = { cpus: spec.cpus ?? 1, memoryBytes: spec.memoryBytes ?? 0, disks }
  const args = {
    ...common,
    ...hardware,
    ...(plan.image !== undefined && { image: plan.image }),
    ...(firmware !== undefined && { firmware }),
    ...(guestOs !== undefined && { guestOs }),
  }
  return connection.call('vm.create', args, signal)
}

/** Somebody took the id in between: another one, unless ids run out where we look. */
function collided({ state }: CreateContext): Begun<CreateState> {
  const collisions = (state.collisions ?? 0) + 1
  if (collisions > 50) {
    throw new HypervisorError('RESOURCE_EXHAUSTED', 'fifty ids in a row were taken by others; try again later', {
      retryable: true,
      details: { resource: 'vm-id' },
    })
  }
  return { goTo: 'reserve', state: { collisions } }
}

function assertSameSpec(vm: NativeVm, marker: Marker, endpoint: string): void {
  const stamped = parseMarker(vm.metadata[markerKey] ?? '')
  if (stamped?.specHash === marker.specHash) return
  const message = `VM '${vm.id}' was made with the same idempotency key from another specification; use another key, or the same specification`
  throw new HypervisorError('ALREADY_EXISTS', message, {
    endpoint,
    resource: vm.id,
    details: { reason: 'idempotency-key', existingId: vm.id },
  })
}

function brokenError(vm: NativeVm, endpoint: string): HypervisorError {
  const message = `making VM '${vm.id}' failed half-way, and the platform does not say why any more`
  return new HypervisorError('INTERNAL', message, { endpoint, resource: vm.id, outcome: 'failed' })
}

export function markerOf({ marker }: Pick<CreateContext, 'marker'>): Marker {
  if (!marker) throw new TypeError('createVm always has a marker')
  return marker
}

// An adopted VM that is gone again: the next look starts from nothing. Undefined members leave the state.
const forgotten = { adopted: undefined, vmId: undefined, generation: undefined } as unknown as Partial<CreateState>
