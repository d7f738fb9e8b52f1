import {
  type AdapterFacetOf,
  collectProblems,
  HypervisorError,
  type Reference,
  resolveReference,
  type VmNic,
} from '@dcm/core'
import { backingInput, type DeviceChange, type DeviceInput, inputOf, isPluggedInto } from '../create/devices.js'
import { isOutdated } from '../create/draft.js'
import { backingOf } from '../create/find-networks.js'
import type { NetworkBacking } from '../create/state.js'
import { readInventory } from '../inventory.js'
import { mapResources } from '../map-resources.js'
import { type DetailRow, idOf, isConnected, isNic, mapNic, type NicDevice } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { changeDevice } from './change-device.js'
import { readPlanned } from './planned-vm.js'
import { vmTask } from './vm-task.js'

/** Network cards, each by its device key. A VLAN belongs to the port group: another one is another network. */
export function nicsFacet(platform: Platform): AdapterFacetOf<'nics'> {
  return {
    add: vmTask(platform, {
      async plan(row, { nic }, signal) {
        refuseVlan(nic.vlanId, 'nic.vlanId')
        const had = cardsOf(row).map(({ key }) => String(key))
        return { had, network: await resolveNetwork(platform, row, nic.network, 'nic.network', signal) }
      },
      async send({ input: { nic }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        const { macAddress } = nic
        const device: DeviceInput = {
          _type: 'VirtualVmxnet3',
          key: -200,
          ...(macAddress === undefined ? { addressType: 'generated' } : { addressType: 'manual', macAddress }),
          backing: backingInput(known(state.network)),
          connectable: {
            startConnected: true,
            allowGuestControl: true,
            connected: runs(row),
          },
        }
        return changeDevice(platform, row, [{ _type: 'VirtualDeviceConfigSpec', operation: 'add', device }], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      lost: {
        task: 'VirtualMachine.reconfigure',
        canBeWrong: 'somebody else added a card on the same network after our plan: it is taken for ours, weakly',
        async find({ input: { nic }, state, signal }) {
          const row = await readPlanned(platform, state, signal)
          const made = newCard(row, state.had, known(state.network), nic.macAddress)
          return made === undefined ? { found: 'absent' } : { found: 'mine', weak: true }
        },
      },
      async result({ input: { nic }, state, signal }): Promise<VmNic> {
        const row = await readPlanned(platform, state, signal)
        const made = newCard(row, state.had, known(state.network), nic.macAddress)
        if (made !== undefined) return mapNic(made, runs(row), await platform.opaqueNetworks(row))
        throw new HypervisorError('NOT_FOUND', `the new card of VM ${state.id} was removed meanwhile`)
      },
    }),
    change: vmTask(platform, {
      async plan(row, { key, network, vlanId }, signal) {
        refuseVlan(vlanId, 'vlanId')
        requireCard(row, key)
        const backing = network && (await resolveNetwork(platform, row, network, 'network', signal))
        return { network: backing ?? null }
      },
      async send({ input: { key, connected }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        const card = requireCard(row, key)
        const { network } = state
        const plug = network && !isPluggedInto(card, network) ? { backing: backingInput(network) } : {}
        const unplugged = connected !== undefined && isConnected(card, runs(row)) !== connected
        const cable = unplugged ? connectable(row, connected) : {}
        const changed = { ...plug, ...cable }
        if (Object.keys(changed).length === 0) return undefined
        const device = inputOf(card, changed)
        return changeDevice(platform, row, [{ _type: 'VirtualDeviceConfigSpec', operation: 'edit', device }], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      async result({ input, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        return mapNic(requireCard(row, input.key), runs(row), await platform.opaqueNetworks(row))
      },
    }),
    remove: vmTask(platform, {
      async plan(row, { key }) {
        const card = cardsOf(row).find((one) => String(one.key) === key)
        return { gone: card === undefined ? [] : [key], mac: card?.macAddress ?? '', settled: card === undefined }
      },
      async send({ input: { key }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        // A key is given anew once it is free: the address tells whether it is still the card that was meant.
        const card = cardsOf(row).find((one) => String(one.key) === key && (one.macAddress ?? '') === state.mac)
        if (card === undefined) return undefined
        const change: DeviceChange = {
          _type: 'VirtualDeviceConfigSpec',
          operation: 'remove',
          device: inputOf(card),
        }
        return changeDevice(platform, row, [change], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      result: async ({ state }) => ({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

/** A VM that is off cannot be connected, only be told to connect at its start. */
function connectable(row: DetailRow, connected: boolean) {
  return { connectable: { startConnected: connected, allowGuestControl: true, connected: runs(row) && connected } }
}

function runs(row: DetailRow): boolean {
  return row['runtime.powerState'] === 'poweredOn'
}

function refuseVlan(vlanId: number | undefined, path: string): void {
  if (vlanId === undefined) return
  throw new HypervisorError(
    'UNSUPPORTED',
    `${path}: a VLAN belongs to the port group: choose a network that carries it`,
    {
      details: { feature: 'nics', reason: path },
    },
  )
}

function cardsOf(row: DetailRow): readonly NicDevice[] {
  return (row['config.hardware.device'] ?? []).filter(isNic)
}

/** The card that was asked for, among those that are new: somebody else may have added another one meanwhile. */
function newCard(
  row: DetailRow,
  had: readonly string[] = [],
  network: NetworkBacking,
  address: string | undefined,
): NicDevice | undefined {
  return cardsOf(row).findLast((card) => {
    const sameAddress = address === undefined || card.macAddress?.toLowerCase() === address.toLowerCase()
    return sameAddress && !had.includes(String(card.key)) && isPluggedInto(card, network)
  })
}

function requireCard(row: DetailRow, key: string): NicDevice {
  const card = cardsOf(row).find((one) => String(one.key) === key)
  if (card !== undefined) return card
  throw new HypervisorError('NOT_FOUND', `VM ${idOf(row)} has no network card '${key}'`, { resource: idOf(row) })
}

function known(network: NetworkBacking | undefined): NetworkBacking {
  if (network === undefined) throw new TypeError('the plan finds the network')
  return network
}

async function resolveNetwork(
  platform: Platform,
  row: DetailRow,
  wanted: Reference,
  path: string,
  signal: AbortSignal,
): Promise<NetworkBacking> {
  const rows = await readInventory(platform, new Set(['host', 'network']), signal)
  const resources = mapResources(rows)
  const networks = resources.filter((one) => one.kind === 'network')
  const containers = resources.filter(({ kind }) => kind === 'host' || kind === 'cluster' || kind === 'datacenter')
  const problems = collectProblems()
  const found = resolveReference(wanted, networks, { path, kind: 'network', containers }, problems)
  const host = row['runtime.host']?.value
  if (found !== undefined && host !== undefined && !found.hosts.includes(host)) {
    problems.invalid(path, `'${found.name}' is not reachable from the VM's host`)
  }
  problems.throwIfAny('the input')
  const network = rows.networks.find(({ ref }) => ref.value === found?.id)
  if (network === undefined) throw new TypeError('unreachable: a problem was collected')
  return backingOf(platform, network.ref, network.name ?? '', signal)
}
