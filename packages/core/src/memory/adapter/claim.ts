import { HypervisorError } from '../../errors/hypervisor-error.js'
import { formatMarker, type Marker, parseMarker } from '../../operations/marker.js'
import type { Sealed } from '../../operations/seal.js'
import type { Begun, Found, Polled, Step, StepBusy, StepContext } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import { undoCreate } from './claim-undo.js'
import { type Connection, isRefusal } from './connection.js'
import { attemptKey, markerKey, readyKey, removedKey } from './map-vm.js'
import { accepted, pollTask, readVm, stopTask } from './steps.js'

/** What the steps learn that make a VM once, under its key. */
export interface ClaimState {
  /** Tells our VM from one that another run of the same key made. */
  readonly attempt: string
  readonly vmId: string
  readonly generation: string
  /** The VM is there already and of our own attempt: another runner of this operation sent for it. */
  readonly own: boolean
  /** Another run made the VM: we help to finish it, and never remove it. */
  readonly adopted: boolean
  /** Another run had even finished it. */
  readonly finished: boolean
  /** Ids that turned out to be taken, counted. */
  readonly collisions: number
}

/** How long a VM that another run takes back is waited for. */
const removedMs = 60_000

type ClaimStep<Input> = Step<Input, ClaimState>

/** How one kind of VM is made. */
export interface Claim<Input> {
  /** The native call, with what `claimOf` gives. */
  send(context: StepContext<Input, ClaimState>): Promise<{ readonly task: string }>
  nameOf(input: Sealed<Input>): string
  readonly blockedBy?: NonNullable<ClaimStep<Input>['blockedBy']>
}

/** The steps up to the VM's existence: look whether it is there, choose an id, make it under the claim. `next` follows. */
export function claimSteps<Input>(
  connection: Connection,
  next: string,
  claim: Claim<Input>,
): readonly ClaimStep<Input>[] {
  return [lookup(connection), settled(connection, next), reserve(connection), create(connection, claim)]
}

/** The last steps: whoever comes with the same key later gets this VM. */
export function readySteps<Input>(connection: Connection): readonly ClaimStep<Input>[] {
  return [ready(connection), confirm(connection)]
}

/** What every call that makes a VM is given: the id, the claim, and what is stamped on it. */
export function claimOf(context: { readonly state: Partial<ClaimState>; readonly marker: Marker | undefined }): {
  readonly id: string
  readonly claim: string
  readonly metadata: Readonly<Record<string, string>>
} {
  const { vmId = '', attempt = '' } = context.state
  const marker = markerOf(context)
  const metadata = { [markerKey]: formatMarker(marker), [attemptKey]: attempt }
  return { id: vmId, claim: marker.key, metadata }
}

/** The VM that the steps after its creation work on. */
export function claimedVm(state: Partial<ClaimState>): { readonly id: string; readonly generation?: string } {
  return { id: state.vmId ?? '', ...(state.generation !== undefined && { generation: state.generation }) }
}

/** A VM that another run made may be taken back by it while we help: then we look again. */
export function helping<Input, State extends ClaimState>(step: Step<Input, State>): Step<Input, State> {
  const { begin } = step
  return {
    ...step,
    async begin(context): Promise<Begun<State>> {
      try {
        return await begin(context)
      } catch (reason) {
        if (context.state.adopted && isRefusal(reason, 'NO_SUCH_VM', 'REPLACED', 'MARKED')) return { goTo: 'lookup' }
        throw reason
      }
    },
  }
}

/** Is there a VM with our claim? Then it is finished, or helped to its end. */
function lookup<Input>(connection: Connection): ClaimStep<Input> {
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context): Promise<Begun<ClaimState>> {
      const [vm] = await connection.call('vm.find', { claim: markerOf(context).key }, context.signal)
      if (!vm) return { goTo: 'reserve', state: { attempt: context.state.attempt ?? crypto.randomUUID(), own: false } }
      assertSameSpec(vm, markerOf(context), connection.endpoint)
      if (vm.metadata[readyKey] === undefined && vm.metadata[attemptKey] === context.state.attempt) {
        return { goTo: 'create', state: { vmId: vm.id, generation: vm.generation, own: true, adopted: false } }
      }
      const state = { vmId: vm.id, generation: vm.generation, adopted: true }
      if (vm.metadata[readyKey] !== undefined) return { goTo: 'confirm', state: { ...state, finished: true } }
      return { done: true, state }
    },
  }
}

/** Only for an adopted VM: waits until whoever makes it has made it. */
function settled<Input>(connection: Connection, next: string): ClaimStep<Input> {
  return {
    name: 'settled',
    repeat: 'read',
    times: ({ state }) => (state.adopted ? 1 : 0),
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    async poll({ state, signal, begunAt, now }): Promise<Polled<ClaimState>> {
      const vm = await readVm(connection, { id: state.vmId ?? '' }, signal)
      if (!vm || vm.generation !== state.generation) return { goTo: 'lookup', state: forgotten }
      const removed = vm.metadata[removedKey] !== undefined
      if (vm.state === 'BUILDING' || vm.state === 'REMOVING' || (removed && now() - begunAt < removedMs)) {
        const waitingFor = 'another run with the same idempotency key'
        return { running: true, retryAfterMs: connection.client.pollMs(), waitingFor }
      }
      if (vm.state !== 'FAULT' && !removed) return { goTo: next }
      const left = removed ? 'was being taken back' : 'was left half made'
      const message = `VM '${vm.id}' of the same idempotency key ${left} by another run; resume that one, or its clean-up, or delete the VM`
      throw new HypervisorError('CONFLICT', message, { endpoint: connection.endpoint, resource: vm.id })
    },
  }
}

/** A free id, from a place that follows from the key and moves on with each collision. */
function reserve<Input>(connection: Connection): ClaimStep<Input> {
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
function create<Input>(connection: Connection, { send, nameOf, blockedBy }: Claim<Input>): ClaimStep<Input> {
  return {
    name: 'create',
    repeat: 'once',
    weight: 6,
    ...(blockedBy && { blockedBy: async (context) => (context.state.own ? undefined : blockedBy(context)) }),
    async begin(context): Promise<Begun<ClaimState>> {
      if (context.state.own) return { task: null, retryAfterMs: 0 }
      try {
        return accepted(connection, await send(context))
      } catch (reason) {
        if (isRefusal(reason, 'DUPLICATE_ID')) return collided(context)
        if (isRefusal(reason, 'DUPLICATE_CLAIM')) return { goTo: 'lookup' }
        if (isRefusal(reason, 'TOO_MANY_CLONES')) return othersClone(connection)
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
    async find(context): Promise<Found<ClaimState>> {
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
      state.vmId === undefined ? [] : [{ kind: 'vm', id: state.vmId, name: nameOf(input) }],
  }
}

/** What a full lane of clones is answered with. */
export function othersClone({ client }: Connection): StepBusy {
  return { busy: 'other clones of the same template', retryAfterMs: client.pollMs() }
}

/** Somebody took the id in between: another one, unless ids run out where we look. */
function collided({ state }: { readonly state: Partial<ClaimState> }): Begun<ClaimState> {
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

function markerOf({ marker }: { readonly marker: Marker | undefined }): Marker {
  if (!marker) throw new TypeError('what makes a VM always has a marker')
  return marker
}

// An adopted VM that is gone again: the next look starts from nothing. Undefined members leave the state.
const forgotten = {
  adopted: undefined,
  finished: undefined,
  vmId: undefined,
  generation: undefined,
} as unknown as Partial<ClaimState>

/**
 * From here on the same key answers with this VM, without a write, and no run takes it back: whoever was told of it has
 * it. So it is the last step of the run that does it, and never left undecided.
 */
function ready<Input>(connection: Connection): ClaimStep<Input> {
  return helping({
    name: 'ready',
    repeat: 'once',
    async begin(context) {
      const change = { metadata: { [readyKey]: 'yes' } }
      await connection.call('vm.change', { ...claimedVm(context.state), change, unless: removedKey }, context.signal)
      return { done: true }
    },
    async find(context) {
      const vm = await readVm(connection, claimedVm(context.state), context.signal)
      return { found: vm?.metadata[readyKey] === undefined ? 'absent' : 'mine' }
    },
    findCanBeWrong: 'Another run of the same key has finished the VM meanwhile: that is as good.',
  })
}

/** Is the VM that another run had finished still there? Whoever finishes it himself is done, and cannot be cancelled any more. */
function confirm<Input>(connection: Connection): ClaimStep<Input> {
  return {
    name: 'confirm',
    repeat: 'read',
    times: ({ state }) => (state.finished ? 1 : 0),
    async begin(context) {
      await connection.call('vm.read', claimedVm(context.state), context.signal)
      return { done: true }
    },
  }
}
