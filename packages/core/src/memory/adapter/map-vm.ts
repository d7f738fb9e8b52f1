import type { ActionVerdict, VmAction, VmDisk, VmInfo, VmNic, VmSummary } from '../../model/vm.js'
import { parseMarker } from '../../operations/marker.js'
import type { VmRow } from '../platform/native-calls.js'
import type { NativeDisk, NativeNic, NativeVm } from '../platform/native-types.js'
import { mapPower } from './map-power.js'

/** Metadata that this SDK writes. */
export const markerKey = 'dcm.marker'
/** Which attempt at a creation made the VM. */
export const attemptKey = 'dcm.attempt'
/** Present when the creation has done everything it should. */
export const readyKey = 'dcm.ready'
/** Present when the attempt that made the VM takes it back. Of this and `readyKey` a VM gets one at most. */
export const removedKey = 'dcm.removed'

export function mapSummary(vm: VmRow, endpoint: string, now: number): VmSummary {
  return {
    ref: { endpoint, id: vm.id, locator: vm.host, incarnation: vm.generation },
    name: vm.name,
    ...mapPower(vm.state),
    ...(vm.lock !== undefined && { locked: vm.lock }),
    rawState: vm.state,
    host: vm.host,
    cpus: vm.cpus,
    memoryBytes: vm.memoryBytes,
    tags: vm.tags,
    ...(vm.pool !== undefined && { resourcePool: vm.pool }),
    ...(vm.bootedAt !== undefined && { uptimeSeconds: Math.max(0, Math.round((now - vm.bootedAt) / 1000)) }),
  }
}

export function mapInfo(vm: NativeVm, endpoint: string, now: number): VmInfo {
  const marker = parseMarker(vm.metadata[markerKey] ?? '')
  return {
    ...mapSummary(vm, endpoint, now),
    name: vm.name,
    cpus: vm.cpus,
    memoryBytes: vm.memoryBytes,
    ...(vm.note !== undefined && { description: vm.note }),
    disks: vm.disks.map(mapDisk),
    nics: vm.nics.map(mapNic),
    firmware: vm.firmware,
    ...(vm.guestOs !== undefined && { guestOs: vm.guestOs }),
    createdAt: new Date(vm.createdAt).toISOString(),
    ...(marker && { createdBy: marker }),
    allowedActions: actionsOf(vm),
    observedAt: new Date().toISOString(),
  }
}

export function mapDisk({ key, sizeBytes, store, volume }: NativeDisk): VmDisk {
  return { key, capacityBytes: sizeBytes, datastore: store, path: volume }
}

export function mapNic({ key, mac, net, vlan, connected }: NativeNic): VmNic {
  return { key, macAddress: mac, network: net, ...(vlan !== undefined && { vlanId: vlan }), connected }
}

const allowed: ActionVerdict = { allowed: true }

function actionsOf(vm: NativeVm): VmInfo['allowedActions'] {
  const { powerState } = mapPower(vm.state)
  const inStates = (...states: readonly string[]): ActionVerdict => {
    if (vm.lock !== undefined) return { allowed: false, reason: `the VM is locked (${vm.lock})` }
    return states.includes(powerState) ? allowed : { allowed: false, reason: `the VM is ${powerState} (${vm.state})` }
  }
  return {
    start: inStates('stopped', 'suspended', 'paused', 'running'),
    stop: inStates('running', 'paused', 'suspended', 'stopped', 'transitioning'),
    restart: inStates('running'),
    delete: inStates('stopped', 'suspended', 'error', 'running', 'paused'),
    reconfigure: inStates('stopped'),
    snapshot: inStates('stopped', 'running', 'paused', 'suspended'),
    migrate: inStates('stopped', 'running', 'suspended'),
  } satisfies { readonly [A in VmAction]: ActionVerdict }
}
