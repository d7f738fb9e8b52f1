import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { VmChanges } from '../../../model/facets/reconfigure.js'
import type { VmDisk, VmNic } from '../../../model/vm.js'
import { invalidArgument } from '../../../schema/check.js'
import type { NativeVm } from '../../platform/native-types.js'
import type { Connection } from '../connection.js'
import { mapDisk, mapNic } from '../map-vm.js'
import { lookAt, missing, targetOf, type VmState, wrongState } from '../vm-state.js'
import { resolveId } from './resolve.js'
import { infoResult, vmOperation } from './vm-operation.js'

/** Processors and memory change only while the VM is off: this platform plugs neither in while it runs. */
export function reconfigureFacet(connection: Connection): AdapterFacetOf<'reconfigure'> {
  return {
    preview: async ({ ref, ...changes }, { signal }) => ({
      needsPowerOff: needingPowerOff(await lookAt(connection, ref, signal), changes),
    }),
    apply: vmOperation(connection, {
      plan(vm, { ref: _ref, ...changes }) {
        const needing = needingPowerOff(vm, changes)
        if (needing.length === 0) return {}
        const remedy = `stop it first: ${needing.join(' and ')} cannot be changed now`
        throw wrongState(vm, remedy, connection.endpoint, 'needs-power-off')
      },
      send({ input, state, signal }) {
        const { ref: _ref, description, ...values } = input
        const change = { ...values, ...(description !== undefined && { note: description }) }
        return connection.call('vm.change', { ...targetOf(state), change }, signal)
      },
      result: infoResult(connection),
    }),
  }
}

function needingPowerOff(vm: NativeVm, { cpus, memoryBytes }: Omit<VmChanges, 'ref'>): ('cpus' | 'memoryBytes')[] {
  if (vm.state === 'HALTED') return []
  const needing: ('cpus' | 'memoryBytes')[] = []
  if (cpus !== undefined && cpus !== vm.cpus) needing.push('cpus')
  if (memoryBytes !== undefined && memoryBytes !== vm.memoryBytes) needing.push('memoryBytes')
  return needing
}

export function disksFacet(connection: Connection, site: string): AdapterFacetOf<'disks'> {
  return {
    attach: vmOperation(connection, {
      async plan(vm, { disk }, signal) {
        const key = freeKey('disk', vm.disks)
        if ('path' in disk) return { key, store: '' }
        const reference = disk.datastore ?? { id: vm.disks[0]?.store ?? 'store-1' }
        return { key, store: await resolveId(connection, site, reference, 'datastore', 'disk.datastore', signal) }
      },
      send({ input, state, signal }) {
        const { disk } = input
        const { key = '', store = '' } = state
        return 'path' in disk
          ? connection.call('disk.plug', { ...targetOf(state), key, volume: disk.path }, signal)
          : connection.call('disk.add', { ...targetOf(state), key, store, sizeBytes: disk.sizeBytes }, signal)
      },
      result: ({ state, signal }) => diskOf(connection, state, state.key, signal),
    }),
    grow: vmOperation(connection, {
      plan(vm, { key, sizeBytes }) {
        const disk = vm.disks.find((candidate) => candidate.key === key)
        if (!disk) throw missing(`VM '${vm.id}' has no disk '${key}'`, connection.endpoint)
        if (sizeBytes >= disk.sizeBytes) return {}
        const message = `must be at least the ${disk.sizeBytes} bytes that the disk has: disks only grow`
        throw invalidArgument('the input of disks.grow', [{ path: 'sizeBytes', message }])
      },
      send({ input, state, signal }) {
        const { key, sizeBytes } = input
        return connection.call('disk.grow', { ...targetOf(state), key, sizeBytes }, signal)
      },
      result: ({ input, state, signal }) => diskOf(connection, state, input.key, signal),
    }),
    detach: vmOperation(connection, {
      plan: (vm, { key }) => ({ volume: vm.disks.filter((disk) => disk.key === key).map(({ volume }) => volume) }),
      send({ input, state, signal }) {
        const { key, delete: destroy = false } = input
        return connection.call('disk.unplug', { ...targetOf(state), key, destroy }, signal)
      },
      async result({ input, state }) {
        const volumes = state.volume ?? []
        return input.delete ? { removed: volumes, left: [] } : { removed: [], left: volumes }
      },
    }),
  }
}

export function nicsFacet(connection: Connection, site: string): AdapterFacetOf<'nics'> {
  return {
    add: vmOperation(connection, {
      plan: async (vm, { nic }, signal) => ({
        key: freeKey('nic', vm.nics),
        net: await resolveId(connection, site, nic.network, 'network', 'nic.network', signal),
      }),
      send({ input, state, signal }) {
        const { vlanId, macAddress } = input.nic
        const { key = '', net = '' } = state
        const nic = {
          net,
          connected: true,
          ...(macAddress !== undefined && { mac: macAddress }),
          ...(vlanId !== undefined && { vlan: vlanId }),
        }
        return connection.call('nic.set', { ...targetOf(state), key, nic }, signal)
      },
      result: ({ state, signal }) => nicOf(connection, state, state.key, signal),
    }),
    change: vmOperation(connection, {
      async plan(vm, { key, network, vlanId, connected }, signal) {
        const nic = vm.nics.find((candidate) => candidate.key === key)
        if (!nic) throw missing(`VM '${vm.id}' has no network card '${key}'`, connection.endpoint)
        const vlan = vlanId ?? nic.vlan ?? 0
        return {
          net: network ? await resolveId(connection, site, network, 'network', 'network', signal) : nic.net,
          connected: connected ?? nic.connected,
          vlan,
        }
      },
      send({ input, state, signal }) {
        const { net = '', connected = true, vlan = 0 } = state
        const nic = { net, connected, ...(vlan > 0 && { vlan }) }
        return connection.call('nic.set', { ...targetOf(state), key: input.key, nic }, signal)
      },
      result: ({ input, state, signal }) => nicOf(connection, state, input.key, signal),
    }),
    remove: vmOperation(connection, {
      plan: (vm, { key }) => ({ gone: vm.nics.filter((nic) => nic.key === key).map((nic) => nic.key) }),
      send: ({ input, state, signal }) =>
        connection.call('nic.set', { ...targetOf(state), key: input.key, nic: null }, signal),
      result: async ({ state }) => ({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

/** The first key of that kind that the VM does not have. */
function freeKey(kind: string, taken: readonly { readonly key: string }[]): string {
  let number = 0
  while (taken.some(({ key }) => key === `${kind}${number}`)) number += 1
  return `${kind}${number}`
}

async function diskOf(
  connection: Connection,
  state: Partial<VmState>,
  key: string | undefined,
  signal: AbortSignal,
): Promise<VmDisk> {
  const vm = await connection.call('vm.read', targetOf(state), signal)
  const disk = vm.disks.find((candidate) => candidate.key === key)
  if (disk) return mapDisk(disk)
  throw missing(`the disk '${key}' was removed meanwhile`, connection.endpoint)
}

async function nicOf(
  connection: Connection,
  state: Partial<VmState>,
  key: string | undefined,
  signal: AbortSignal,
): Promise<VmNic> {
  const vm = await connection.call('vm.read', targetOf(state), signal)
  const nic = vm.nics.find((candidate) => candidate.key === key)
  if (nic) return mapNic(nic)
  throw missing(`the network card '${key}' was removed meanwhile`, connection.endpoint)
}
