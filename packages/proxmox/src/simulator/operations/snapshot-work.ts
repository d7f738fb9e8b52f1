import type { ConfigValue, GuestConfig, Snapshot, Vm } from '../cluster/cluster.js'
import { disksOf } from '../cluster/drives.js'
import { findVolume } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { World } from '../world.js'
import type { Row } from './resource-rows.js'

const reserved = new Set(['current', 'pending'])
const notKept = new Set(['lock', 'parent', 'vmstate'])

export function requireUsableName(name: string): void {
  if (reserved.has(name.toLowerCase())) throw failure(`unable to use snapshot name '${name}' (reserved name)`)
}

export function requireSnapshot(vm: Vm, name: string): Snapshot {
  const snapshot = vm.snapshots.get(name)
  if (snapshot === undefined) throw failure(`snapshot '${name}' does not exist`)
  return snapshot
}

/** The list of snapshots, oldest first, with the pseudo entry that stands for now. */
export function snapshotRows(vm: Vm, digest: string): Row[] {
  const rows: Row[] = [...vm.snapshots.values()].map((snapshot) => ({
    name: snapshot.name,
    description: snapshot.description,
    snaptime: snapshot.snaptime,
    ...(vm.kind === 'qemu' ? { vmstate: snapshot.vmstate ? 1 : 0 } : {}),
    ...(snapshot.parent === undefined ? {} : { parent: snapshot.parent }),
  }))
  const parent = vm.config.get('parent')
  return [
    ...rows,
    {
      name: 'current',
      description: 'You are here!',
      running: vm.running === undefined ? 0 : 1,
      digest,
      ...(parent === undefined ? {} : { parent }),
    },
  ]
}

/** What a snapshot's own configuration shows. */
export function snapshotConfig(snapshot: Snapshot): Record<string, ConfigValue> {
  return {
    ...Object.fromEntries(snapshot.config),
    snaptime: snapshot.snaptime,
    description: snapshot.description,
    ...(snapshot.parent === undefined ? {} : { parent: snapshot.parent }),
  }
}

export function takeSnapshot(world: World, vm: Vm, name: string, description: string, vmstate: boolean): void {
  const config: GuestConfig = new Map([...vm.config].filter(([key]) => !notKept.has(key) && key !== 'description'))
  const parent = vm.config.get('parent')
  vm.snapshots.set(name, {
    name,
    config,
    snaptime: world.clock.seconds(),
    description,
    parent: parent === undefined ? undefined : String(parent),
    vmstate,
  })
  vm.config.set('parent', name)
  for (const drive of disksOf(vm.config)) {
    const volume = findVolume(world.cluster, vm.node, drive.file)
    volume?.snapshots.set(name, volume.sizeBytes)
  }
}

export function revertTo(world: World, vm: Vm, snapshot: Snapshot): void {
  const description = vm.config.get('description')
  vm.config.clear()
  for (const [key, value] of snapshot.config) vm.config.set(key, value)
  if (description !== undefined) vm.config.set('description', description)
  vm.config.set('parent', snapshot.name)
  vm.pending.clear()
  for (const drive of disksOf(vm.config)) {
    const volume = findVolume(world.cluster, vm.node, drive.file)
    const size = volume?.snapshots.get(snapshot.name)
    if (volume !== undefined && size !== undefined) volume.sizeBytes = size
  }
}

/** Children of the snapshot hang on its parent from now on. */
export function dropSnapshot(world: World, vm: Vm, snapshot: Snapshot): void {
  vm.snapshots.delete(snapshot.name)
  for (const other of vm.snapshots.values()) {
    if (other.parent === snapshot.name) other.parent = snapshot.parent
  }
  if (vm.config.get('parent') === snapshot.name) {
    if (snapshot.parent === undefined) vm.config.delete('parent')
    else vm.config.set('parent', snapshot.parent)
  }
  for (const drive of disksOf(vm.config)) {
    findVolume(world.cluster, vm.node, drive.file)?.snapshots.delete(snapshot.name)
  }
}
