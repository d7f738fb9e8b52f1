import { NativeRefusal } from './native-error.js'
import type { NativeDisk, NativeVm } from './native-types.js'
import { need, nextId, type Site } from './site.js'

/** The owner that volumes name: an id alone could be another VM's by now. */
export function ownerOf(vm: Pick<NativeVm, 'id' | 'generation'>): string {
  return `${vm.id}/${vm.generation}`
}

/** A new disk of a VM. Refuses with NO_SPACE. A linked one takes no room of its own. */
export function addDisk(
  site: Site,
  vm: NativeVm,
  disk: { readonly key: string; readonly store: string; readonly sizeBytes: number; readonly base?: string },
): NativeDisk {
  const { key, store, sizeBytes, base } = disk
  takeSpace(site, store, base === undefined ? sizeBytes : 0)
  const volume = nextId(site, 'vol')
  const owner = ownerOf(vm)
  site.volumes.set(volume, { id: volume, store, sizeBytes, owner, ...(base !== undefined && { base }) })
  const added: NativeDisk = { key, volume, store, sizeBytes }
  vm.disks.push(added)
  return added
}

/** Makes a disk larger. Refuses with NO_SPACE, and with BAD_VALUE when it would get smaller. */
export function growDisk(site: Site, disk: NativeDisk, sizeBytes: number): void {
  if (sizeBytes < disk.sizeBytes) throw new NativeRefusal('BAD_VALUE', `disk '${disk.key}' cannot be made smaller`)
  takeSpace(site, disk.store, sizeBytes - disk.sizeBytes)
  disk.sizeBytes = sizeBytes
  const volume = site.volumes.get(disk.volume)
  if (volume) volume.sizeBytes = sizeBytes
}

/** Sets the size that a disk had before, and gives the room back. */
export function resizeDisk(site: Site, disk: NativeDisk, sizeBytes: number): void {
  const volume = site.volumes.get(disk.volume)
  const store = site.stores.get(disk.store)
  if (store) store.usedBytes += sizeBytes - disk.sizeBytes
  if (volume) volume.sizeBytes = sizeBytes
  disk.sizeBytes = sizeBytes
}

/** Moves what a disk lies on to another store. Refuses with NO_SPACE. It needs its full size there. */
export function moveVolume(site: Site, disk: NativeDisk, store: string): void {
  const volume = need(site.volumes, disk.volume, 'volume')
  takeSpace(site, store, volume.sizeBytes)
  const before = site.stores.get(volume.store)
  if (before && volume.base === undefined) before.usedBytes -= volume.sizeBytes
  delete volume.base
  volume.store = store
  disk.store = store
}

/** Removes the volume of a disk and gives its room back. */
export function freeVolume(site: Site, id: string): void {
  const volume = site.volumes.get(id)
  if (!volume) return
  site.volumes.delete(id)
  const store = site.stores.get(volume.store)
  if (store && volume.base === undefined) store.usedBytes -= volume.sizeBytes
}

/** Refuses with IN_USE while linked clones read from disks of this VM. */
export function needUnshared(site: Site, vm: NativeVm): void {
  const shared = vm.disks.find(({ volume }) => isShared(site, volume))
  if (shared) throw new NativeRefusal('IN_USE', `linked clones read from the disk '${shared.key}' of '${vm.id}'`)
}

/** Does a linked clone read from this volume? */
export function isShared(site: Site, id: string): boolean {
  for (const { base } of site.volumes.values()) if (base === id) return true
  return false
}

/** Refuses with NO_SPACE. */
export function takeSpace(site: Site, id: string, bytes: number): void {
  const store = need(site.stores, id, 'store')
  const available = store.capacityBytes - store.usedBytes
  if (bytes > available) {
    const facts = { resource: id, requested: bytes, available }
    throw new NativeRefusal(
      'NO_SPACE',
      `store '${store.name}' is full: ${bytes} bytes asked for, ${available} left`,
      facts,
    )
  }
  store.usedBytes += bytes
}
