import { type ActionVerdict, mib, type VmInfo, type VmSummary } from '@dcm/core'
import type { PebbleVm } from '../client/types.js'
import { readNotes } from './map-notes.js'
import { hostId, storeId } from './map-resources.js'
import { mapState } from './map-state.js'

/** A row of a list. Sizes are bytes in the port, whatever the platform counts in. */
export function mapSummary(vm: PebbleVm, endpoint: string): VmSummary {
  return {
    // The appliance never gives an id to another VM, so no `incarnation` is needed; it has one host, so no `locator`.
    ref: { endpoint, id: vm.id },
    name: vm.name,
    ...mapState(vm.state),
    rawState: vm.state,
    host: hostId,
    cpus: vm.cpus,
    memoryBytes: mib(vm.memoryMib),
    tags: [],
  }
}

export function mapInfo(vm: PebbleVm, endpoint: string): VmInfo {
  const { stamp, description } = readNotes(vm.notes)
  return {
    ...mapSummary(vm, endpoint),
    name: vm.name,
    cpus: vm.cpus,
    memoryBytes: mib(vm.memoryMib),
    ...(description !== '' && { description }),
    disks: [{ key: 'disk0', capacityBytes: mib(vm.diskMib), datastore: storeId }],
    nics: [{ key: 'nic0', network: vm.net, connected: true }],
    firmware: 'uefi',
    ...(stamp && { createdBy: stamp.marker }),
    allowedActions: {
      start: allowedIn(vm, 'off', 'on', 'booting'),
      stop: allowedIn(vm, 'on', 'booting', 'off'),
      restart: allowedIn(vm, 'on'),
      delete: allowedIn(vm, 'off', 'on', 'booting', 'broken'),
      reconfigure: never,
      snapshot: never,
      migrate: never,
    },
    observedAt: new Date().toISOString(),
  }
}

const never: ActionVerdict = { allowed: false, reason: 'a Pebble cannot do this' }

function allowedIn({ state }: PebbleVm, ...words: readonly string[]): ActionVerdict {
  return words.includes(state) ? { allowed: true } : { allowed: false, reason: `the VM is ${state}` }
}
