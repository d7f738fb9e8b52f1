import { nodesInOrder, type Vm } from '../cluster/cluster.js'
import { disksOf } from '../cluster/drives.js'
import { isTemplate } from '../cluster/guest-config.js'
import { findVolume } from '../cluster/volumes.js'
import type { World } from '../world.js'

export type Feature = 'snapshot' | 'clone' | 'copy'

/** What the storages of a guest's disks allow: raw files have no snapshots, linked clones need base volumes. */
export function hasFeature(world: World, vm: Vm, feature: Feature): boolean {
  if (feature === 'copy') return true
  if (feature === 'clone' && !isTemplate(vm)) return false
  return disksOf(vm.config).every((drive) => {
    const volume = findVolume(world.cluster, vm.node, drive.file)
    const storage = volume === undefined ? undefined : world.cluster.storages.get(volume.storage)
    return storage !== undefined && (storage.path === undefined || volume?.format === 'qcow2')
  })
}

/** Nodes that reach every disk of the guest. */
export function nodesWithDisks(world: World, vm: Vm): string[] {
  const storages = disksOf(vm.config).map((drive) => world.cluster.storages.get(drive.file.split(':')[0] ?? ''))
  const isShared = storages.every((storage) => storage?.shared === true)
  const all = nodesInOrder(world.cluster).map((node) => node.name)
  return isShared ? all : [vm.node]
}
