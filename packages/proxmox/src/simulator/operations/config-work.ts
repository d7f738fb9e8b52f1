import type { ConfigValue, Vm } from '../cluster/cluster.js'
import { freeUnusedKey, isDiskKey, isUnusedKey, readDrive } from '../cluster/drives.js'
import { free } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'
import { prepareDrive } from './drive-work.js'

export interface ConfigChange {
  readonly values: ReadonlyMap<string, ConfigValue>
  readonly deletions: readonly string[]
  readonly reverts: readonly string[]
  /** Removed disks are destroyed rather than kept as unused. */
  readonly destroys: boolean
}

/** Keys that take effect on a running guest without any plugging. */
const immediate = new Set([
  'name',
  'description',
  'tags',
  'onboot',
  'protection',
  'startup',
  'hookscript',
  'lock',
  'shares',
  'balloon',
  'cpulimit',
  'cpuunits',
  'agent',
  'hotplug',
  'autostart',
  'migrate_downtime',
  'migrate_speed',
  'boot',
  'ciuser',
  'cipassword',
  'citype',
  'ciupgrade',
  'cicustom',
  'sshkeys',
  'nameserver',
  'searchdomain',
])

/** Network devices, SCSI and VirtIO disks and USB devices can be plugged while the guest runs (`hotplug` at its default). */
const pluggable = /^(?:net|scsi|virtio|usb|ipconfig)\d+$/

function takesEffect(vm: Vm, key: string): boolean {
  return vm.running === undefined || immediate.has(key) || isUnusedKey(key) || pluggable.test(key)
}

/** Applies a change to a guest; what cannot be plugged into a running one waits for its stop. */
export async function applyChange(world: World, worker: TaskWorker, vm: Vm, change: ConfigChange): Promise<void> {
  for (const key of change.reverts) vm.pending.delete(key)
  for (const key of change.deletions) removeKey(world, vm, key, change.destroys)
  for (const [key, value] of change.values) {
    if (isDiskKey(key)) {
      await setDrive(world, worker, vm, key, String(value))
      continue
    }
    vm.pending.delete(key)
    if (takesEffect(vm, key)) vm.config.set(key, value)
    else if (vm.config.get(key) !== value) vm.pending.set(key, value)
  }
}

function removeKey(world: World, vm: Vm, key: string, destroys: boolean): void {
  const value = vm.config.get(key)
  vm.pending.delete(key)
  if (value === undefined) return
  if (isUnusedKey(key)) {
    requireUnprotected(vm, key)
    free(world.cluster, vm.node, readDrive(key, value).file)
    vm.config.delete(key)
    return
  }
  if (!takesEffect(vm, key)) {
    vm.pending.set(key, undefined)
    return
  }
  vm.config.delete(key)
  if (isDiskKey(key)) dropDrive(world, vm, key, value, destroys)
}

function requireUnprotected(vm: Vm, key: string): void {
  if (vm.config.get('protection') === 1) throw failure(`can't remove unused disk '${key}' - protection mode enabled`)
}

/** A disk that leaves its place becomes unused, unless it is to be destroyed; a cloud-init image is always destroyed. */
export function dropDrive(world: World, vm: Vm, key: string, value: ConfigValue, destroys: boolean): void {
  const drive = readDrive(key, value)
  if (!drive.file.includes(':')) return
  if (drive.isCloudInit || destroys) {
    free(world.cluster, vm.node, drive.file)
    return
  }
  if (drive.isCdrom) return
  vm.config.set(freeUnusedKey(vm.config), drive.file)
}

async function setDrive(world: World, worker: TaskWorker, vm: Vm, key: string, written: string): Promise<void> {
  const prepared = await prepareDrive(world, worker, vm, key, written)
  const earlier = vm.config.get(key)
  const isSame = earlier !== undefined && readDrive(key, earlier).file === readDrive(key, prepared.value).file
  if (!takesEffect(vm, key) && !isMediaChange(earlier, prepared.value)) {
    vm.pending.set(key, prepared.value)
    return
  }
  vm.config.set(key, prepared.value)
  if (earlier !== undefined && !isSame) dropDrive(world, vm, key, earlier, false)
  const attached = readDrive(key, prepared.value).file
  for (const [unused, value] of [...vm.config]) {
    if (isUnusedKey(unused) && readDrive(unused, value).file === attached) vm.config.delete(unused)
  }
}

function isMediaChange(earlier: ConfigValue | undefined, value: string): boolean {
  return earlier !== undefined && readDrive('ide2', earlier).isCdrom && readDrive('ide2', value).isCdrom
}
