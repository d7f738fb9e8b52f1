import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { Polled } from '../../operations/step.js'
import type { GuestSeed, NewNic } from '../platform/native-calls.js'
import type { NativeVm } from '../platform/native-types.js'
import { helping, readySteps } from './claim.js'
import { type Connection, isRefusal } from './connection.js'
import {
  type CreateContext,
  type CreateInput,
  type CreateState,
  type CreateStep,
  extensionsOf,
  planOf,
  targetOf,
} from './create-state.js'
import { attemptKey, readyKey, removedKey } from './map-vm.js'
import { accepted, pollTask, readVm } from './steps.js'

/** The steps from a bare VM to what was asked for. All may be repeated: another run of the same key does the same. */
export function finishSteps(connection: Connection): readonly CreateStep[] {
  return [
    configure(connection),
    disk(connection),
    seed(connection),
    start(connection),
    started(connection),
    ...readySteps<CreateInput>(connection),
  ]
}

function configure(connection: Connection): CreateStep {
  return helping({
    name: 'configure',
    repeat: 'safe',
    async begin(context) {
      const { cpus, memoryBytes, description, tags, nics } = context.input.spec
      const { priority } = extensionsOf(context)
      const { nets } = planOf(context)
      const vm = await readVm(connection, targetOf(context), context.signal)
      if (vm && !context.state.adopted && vm.metadata[attemptKey] !== context.state.attempt)
        throw replaced(vm, connection)
      if (vm && isFinished(vm)) return { goTo: 'confirm', state: { generation: vm.generation, finished: true } }
      if (vm && isTakenBack(vm, context)) return { goTo: 'lookup' }
      const change = {
        ...(cpus !== undefined && { cpus }),
        ...(memoryBytes !== undefined && { memoryBytes }),
        ...(description !== undefined && { note: description }),
        ...(tags && { tags }),
        ...(priority !== undefined && { priority }),
        ...(nics && { nics: nics.map((nic, index): NewNic => newNic(nic, nets[index] ?? '', vm?.nics[index]?.mac)) }),
      }
      const target = vm ? { id: vm.id, generation: vm.generation } : targetOf(context)
      await connection.call('vm.change', { ...target, change }, context.signal)
      // Known for sure only now for a VM of our own; a clean-up must not meet a later one.
      return { done: true, state: vm ? { generation: vm.generation } : {} }
    },
  })
}

/** Another run of the key has finished the VM, and told its caller: from now on that one says what becomes of it. */
function isFinished({ metadata }: NativeVm): boolean {
  return metadata[readyKey] !== undefined
}

/** The run that made this VM, which we help to finish, takes it back. */
function isTakenBack({ metadata }: NativeVm, { state }: CreateContext): boolean {
  return state.adopted === true && metadata[removedKey] !== undefined
}

/** Somebody removed what we had made and put his own under its id, before we knew its generation. */
function replaced(vm: NativeVm, { endpoint }: Connection): HypervisorError {
  const message = `VM '${vm.id}' is not the one that this creation made: somebody replaced it; create again`
  const details = { reason: 'stale' } as const
  return new HypervisorError('CONFLICT', message, { endpoint, resource: vm.id, outcome: 'failed', details })
}

/** The address that the VM has already is kept, so that repeating the step changes nothing. */
function newNic(
  nic: NonNullable<CreateContext['input']['spec']['nics']>[number],
  net: string,
  present: string | undefined,
): NewNic {
  const mac = nic.macAddress ?? present
  const text = (address: typeof nic.ipv4 | typeof nic.ipv6) => (typeof address === 'object' ? address.cidr : address)
  const [ipv4, ipv6] = [text(nic.ipv4), text(nic.ipv6)]
  return {
    net,
    ...(mac !== undefined && { mac }),
    ...(nic.vlanId !== undefined && { vlan: nic.vlanId }),
    ...(ipv4 !== undefined && { ipv4 }),
    ...(ipv6 !== undefined && { ipv6 }),
  }
}

/** Grows the template's disks and adds those beyond; a blank VM has its disks from the start. */
function disk(connection: Connection): CreateStep {
  return helping({
    name: 'disk',
    repeat: 'safe',
    times: ({ input, state }) => (state.plan?.template === undefined ? 0 : (input.spec.disks?.length ?? 0)),
    async begin(context) {
      const { input, index, signal } = context
      const { stores, templateDisks } = planOf(context)
      const sizeBytes = input.spec.disks?.[index]?.sizeBytes ?? 0
      const args = { ...targetOf(context), key: `disk${index}`, sizeBytes }
      try {
        if (index < templateDisks) return accepted(connection, await connection.call('disk.grow', args, signal))
        const added = { ...args, store: stores[index] ?? '' }
        return accepted(connection, await connection.call('disk.add', added, signal))
      } catch (reason) {
        if (!isRefusal(reason, 'LOCKED')) throw reason
        // Our own lost request, or another run of the same key, is still at it.
        return { busy: 'another change of the disks', retryAfterMs: connection.client.pollMs() }
      }
    },
    poll: ({ state }, task) => pollTask(connection, task, state.vmId),
  })
}

function seed(connection: Connection): CreateStep {
  return helping({
    name: 'seed',
    repeat: 'safe',
    times: ({ input }) => (input.spec.customization ? 1 : 0),
    async begin(context) {
      const { hostname, userName, password, sshPublicKeys, dnsServers, searchDomains, userData } =
        context.input.spec.customization ?? {}
      const told: GuestSeed = {
        ...(hostname !== undefined && { hostName: hostname }),
        ...(userName !== undefined && { userName }),
        ...(sshPublicKeys && { sshKeys: [...sshPublicKeys] }),
        ...(dnsServers && { dns: [...dnsServers] }),
        ...(searchDomains && { searchDomains: [...searchDomains] }),
        ...(password && { password: (await context.reveal(password)).reveal() }),
        ...(userData && { userData: (await context.reveal(userData)).reveal() }),
      }
      await connection.call('vm.seed', { ...targetOf(context), seed: told }, context.signal)
      return { done: true }
    },
  })
}

const wantsPower = ({ input }: CreateContext): number => (input.spec.powerOn === false ? 0 : 1)

function start(connection: Connection): CreateStep {
  return helping({
    name: 'start',
    repeat: 'safe',
    times: wantsPower,
    async begin(context) {
      const vm = await readVm(connection, targetOf(context), context.signal)
      if (vm && isFinished(vm)) return { done: true }
      if (vm && isTakenBack(vm, context)) return { goTo: 'lookup' }
      try {
        return accepted(connection, await connection.call('vm.start', targetOf(context), context.signal))
      } catch (reason) {
        if (isRefusal(reason, 'WRONG_STATE')) return { done: true }
        throw reason
      }
    },
    poll: ({ state }, task) => pollTask(connection, task, state.vmId),
  })
}

function started(connection: Connection): CreateStep {
  return {
    name: 'started',
    repeat: 'read',
    times: wantsPower,
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    async poll(context): Promise<Polled<CreateState>> {
      const vm = await connection.call('vm.read', targetOf(context), context.signal)
      if (vm.state === 'BOOTING') return { running: true, retryAfterMs: connection.client.pollMs() }
      if (vm.state === 'UP' || isFinished(vm)) return { done: true }
      if (isTakenBack(vm, context)) return { goTo: 'lookup' }
      const message = `VM '${vm.id}' was started but is ${vm.state}; look at its host`
      throw new HypervisorError('INTERNAL', message, {
        endpoint: connection.endpoint,
        resource: vm.id,
        outcome: 'failed',
      })
    },
  }
}
