import { filesOf, forgetFiles, replaceFiles } from './guests.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeSnapshot } from './native-snapshots.js'
import type { NativeVm } from './native-types.js'
import { needFreeVm, needVm, type Site, siteTime } from './site.js'
import { beginTask } from './tasks.js'
import { resizeDisk } from './volumes.js'

type SnapshotCall = 'snapshot.list' | 'snapshot.take' | 'snapshot.revert' | 'snapshot.drop'

/** Saved states of VMs. They live as long as their VM. */
export const snapshotCalls: Pick<Handlers, SnapshotCall> = {
  'snapshot.list': (site, target) => {
    const vm = needVm(site, target)
    return { snapshots: snapshotsOf(site, vm), ...currentOf(site, vm) }
  },
  'snapshot.take': (site, { snapshot, ...target }) => {
    const vm = needFreeVm(site, target)
    const known = snapshotsOf(site, vm)
    if (known.some(({ id }) => id === snapshot.id)) return null
    if (snapshot.memory && vm.state !== 'UP') {
      throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}: there is no memory to save`)
    }
    const { cpus, memoryBytes, disks, nics } = structuredClone(vm)
    const { current } = currentOf(site, vm)
    const taken: NativeSnapshot = {
      ...snapshot,
      ...(current !== undefined && { parent: current }),
      takenAt: siteTime(site),
      held: { cpus, memoryBytes, disks, nics },
    }
    const finish = (): void => {
      replaceFiles(filesOf(site.guests, vm, taken.id), filesOf(site.guests, vm))
      keep(site, vm, [...snapshotsOf(site, vm), taken], taken.id)
    }
    return task(site, 'snapshot.take', vm, finish)
  },
  'snapshot.revert': (site, { snapshot, ...target }) => {
    const vm = needFreeVm(site, target)
    const held = needSnapshot(site, vm, snapshot)
    return task(site, 'snapshot.revert', vm, () => revert(site, vm, held))
  },
  'snapshot.drop': (site, { snapshot, children, ...target }) => {
    const vm = needFreeVm(site, target)
    const known = snapshotsOf(site, vm)
    const dropped = known.find(({ id }) => id === snapshot)
    if (!dropped) return null
    const gone = new Set([snapshot])
    // Parents stand before their children.
    if (children) for (const { id, parent } of known) if (parent !== undefined && gone.has(parent)) gone.add(id)
    return task(site, 'snapshot.drop', vm, () => {
      const { parent } = dropped
      for (const id of gone) forgetFiles(site.guests, vm, id)
      const adopted = snapshotsOf(site, vm)
        .filter(({ id }) => !gone.has(id))
        .map((one) => (one.parent === snapshot ? withParent(one, parent) : one))
      const { current } = currentOf(site, vm)
      keep(site, vm, adopted, current !== undefined && gone.has(current) ? parent : current)
    })
  },
}

/** Does a snapshot of this VM need the volume? */
export function isHeld(site: Site, vm: NativeVm, volume: string): boolean {
  return snapshotsOf(site, vm).some(({ held }) => held.disks.some((disk) => disk.volume === volume))
}

export function snapshotsOf(site: Site, vm: NativeVm): readonly NativeSnapshot[] {
  return site.snapshots.get(vm.generation)?.list ?? []
}

function currentOf(site: Site, vm: NativeVm): { readonly current?: string } {
  const current = site.snapshots.get(vm.generation)?.current
  return current === undefined ? {} : { current }
}

function keep(site: Site, vm: NativeVm, list: readonly NativeSnapshot[], current: string | undefined): void {
  site.snapshots.set(vm.generation, { list: [...list], ...(current !== undefined && { current }) })
  vm.version += 1
}

function withParent({ parent: _old, ...one }: NativeSnapshot, parent: string | undefined): NativeSnapshot {
  return { ...one, ...(parent !== undefined && { parent }) }
}

/** Refuses with NO_SUCH_OBJECT. */
export function needSnapshot(site: Site, vm: NativeVm, id: string): NativeSnapshot {
  const found = snapshotsOf(site, vm).find((one) => one.id === id)
  if (found) return found
  throw new NativeRefusal('NO_SUCH_OBJECT', `'${vm.id}' has no snapshot '${id}'`)
}

/** Disks that came after the snapshot are unplugged; their volumes stay, and belong to nobody. */
function revert(site: Site, vm: NativeVm, { id, memory, held }: NativeSnapshot): void {
  const { cpus, memoryBytes, disks, nics } = structuredClone(held)
  for (const disk of vm.disks) {
    const before = disks.find(({ volume }) => volume === disk.volume)
    if (before) resizeDisk(site, disk, before.sizeBytes)
    else delete site.volumes.get(disk.volume)?.owner
  }
  Object.assign(vm, { cpus, memoryBytes, disks, nics, state: memory ? 'UP' : 'HALTED' })
  if (memory) vm.bootedAt = siteTime(site)
  else delete vm.bootedAt
  replaceFiles(filesOf(site.guests, vm), filesOf(site.guests, vm, id))
  keep(site, vm, snapshotsOf(site, vm), id)
}

function task(site: Site, call: string, vm: NativeVm, finish: () => void): { readonly task: string } {
  return beginTask(site, { call, vm, ms: site.timings.snapshotMs, lock: 'snapshot', finish, abandon: () => {} })
}
