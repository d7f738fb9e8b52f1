import type { GuestConfig } from '../cluster/cluster.js'
import { isDiskKey, isUnusedKey, readDrive } from '../cluster/drives.js'
import { storageOfVolid } from '../cluster/volumes.js'
import { failure, parameterError, permissionError } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import type { Call } from './operation.js'

const cpuKeys = new Set([
  'cpu',
  'sockets',
  'cores',
  'vcpus',
  'cpulimit',
  'cpuunits',
  'numa',
  'smp',
  'affinity',
  'kvm',
  'freeze',
])
const memoryKeys = new Set(['memory', 'balloon', 'shares', 'hugepages', 'keephugepages'])
const hardwareKeys = new Set([
  'scsihw',
  'vga',
  'machine',
  'bios',
  'rng0',
  'watchdog',
  'audio0',
  'ivshmem',
  'arch',
  'tablet',
])
const cloudInitKeys = new Set([
  'cicustom',
  'cipassword',
  'citype',
  'ciupgrade',
  'ciuser',
  'nameserver',
  'searchdomain',
  'sshkeys',
])

function privilegeFor(key: string, value: unknown): string {
  if (isDiskKey(key)) {
    const drive = readDrive(key, String(value ?? ''))
    if (drive.isCloudInit) return 'VM.Config.Cloudinit'
    return drive.isCdrom ? 'VM.Config.CDROM' : 'VM.Config.Disk'
  }
  if (isUnusedKey(key)) return 'VM.Config.Disk'
  if (key === 'cdrom') return 'VM.Config.CDROM'
  if (/^net\d+$/.test(key)) return 'VM.Config.Network'
  if (/^ipconfig\d+$/.test(key) || cloudInitKeys.has(key)) return 'VM.Config.Network'
  if (/^numa\d+$/.test(key) || cpuKeys.has(key)) return 'VM.Config.CPU'
  if (memoryKeys.has(key)) return 'VM.Config.Memory'
  if (/^(?:hostpci|usb|serial|parallel|virtiofs)\d+$/.test(key) || hardwareKeys.has(key)) return 'VM.Config.HWType'
  return 'VM.Config.Options'
}

/** Each key of a configuration needs its own privilege; those of cloud-init may come from either of two. */
export function requireConfigRights(call: Call, path: string, keys: Iterable<readonly [string, unknown]>): void {
  for (const [key, value] of keys) {
    const privilege = privilegeFor(key, value)
    const isCloudInit = cloudInitKeys.has(key) || /^ipconfig\d+$/.test(key)
    const enough = isCloudInit ? [privilege, 'VM.Config.Cloudinit'] : [privilege]
    if (!call.world.permissions.hasAny(call.caller, path, enough)) {
      throw permissionError(`${path}, ${enough.join('|')}`)
    }
  }
}

/** New volumes need a storage that exists, holds images and may be used; bridges need SDN.Use since 8. */
export function requireResources(call: Call, config: GuestConfig): void {
  for (const [key, value] of config) {
    if (isDiskKey(key)) requireDriveStorage(call, readDrive(key, value).file)
    if (/^net\d+$/.test(key)) requireBridge(call, String(value))
  }
}

export function requireDriveStorage(call: Call, file: string): void {
  if (!/:(?:\d|cloudinit$)/.test(file)) return
  requireSpaceOn(call, storageOfVolid(file))
}

export function requireSpaceOn(call: Call, id: string): void {
  const { world, caller } = call
  const storage = world.cluster.storages.get(id)
  if (storage === undefined) throw failure(`storage '${id}' does not exist`)
  if (!world.permissions.has(caller, `/storage/${id}`, 'Datastore.AllocateSpace')) {
    throw permissionError(`/storage/${id}, Datastore.AllocateSpace`)
  }
  if (!storage.content.includes('images')) {
    throw parameterError({ storage: `storage '${id}' does not support vm images` })
  }
}

export function requireBridge(call: Call, network: string): void {
  const bridge = readPropertyString(network, 'model').get('bridge')
  if (bridge === undefined || call.world.release === '7.4') return
  const path = `/sdn/zones/localnetwork/${bridge}`
  if (!call.world.permissions.has(call.caller, path, 'SDN.Use')) throw permissionError(`${path}, SDN.Use`)
}
