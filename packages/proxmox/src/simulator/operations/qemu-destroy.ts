import type { Vm } from '../cluster/cluster.js'
import { ownedVolumes } from '../cluster/drives.js'
import { requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { findVolume, free, linkedClonesOf } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { refuseRootOnly } from './root-only.js'

/** What is refused at once; locks and bases in use show only in the task. */
function requireDestroyable(call: Call, vm: Vm): void {
  if (vm.config.get('protection') === 1) throw failure(`can't remove VM ${vm.vmid} - protection mode enabled`)
  if (vm.ha !== undefined && !call.parameters.isSet('purge')) {
    throw failure(`unable to remove VM ${vm.vmid} - used in HA resources and purge parameter not set.`)
  }
  if (vm.running !== undefined) throw failure(`VM ${vm.vmid} is running - destroy failed`)
}

function destroy(call: Call): Answer {
  refuseRootOnly(call, ['skiplock'])
  const { world, node, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  requireDestroyable(call, requireVm(world.cluster, node, vmid))
  const alsoUnreferenced = parameters.isSet('destroy-unreferenced-disks')
  return fork(call, 'qmdestroy', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = requireVm(world.cluster, node, vmid)
      requireUnlocked(vm)
      requireDestroyable(call, vm)
      requireNoLinkedClones(world, vm)
      vm.isBeingRemoved = true
      try {
        await worker.pause(500)
        vm.ha = undefined
        removeVolumes(world, worker, vm, alsoUnreferenced)
        leaveOnlyLock(vm)
        await worker.pause(100)
        world.cluster.vms.delete(vmid)
      } finally {
        vm.isBeingRemoved = false
      }
    }),
  )
}

/** The id stays taken until rights, firewall and jobs are rid of it, so that no new guest gets it in the middle of that. */
function leaveOnlyLock(vm: Vm): void {
  vm.config.clear()
  vm.config.set('lock', 'destroyed')
  vm.pending.clear()
  vm.snapshots.clear()
}

function requireNoLinkedClones(world: World, vm: Vm): void {
  for (const volid of ownedVolumes(vm.config, vm.vmid)) {
    if (linkedClonesOf(world.cluster, volid).length > 0) {
      throw failure(`base volume '${volid}' is still in use by linked cloned`)
    }
  }
}

/** A disk that cannot be freed is only a warning. */
function removeVolumes(world: World, worker: TaskWorker, vm: Vm, alsoUnreferenced: boolean): void {
  const leaves = world.switches.leaveVolumes > 0
  if (leaves) world.switches.leaveVolumes -= 1
  const volumes = new Set(ownedVolumes(vm.config, vm.vmid))
  for (const snapshot of vm.snapshots.values()) {
    for (const volid of ownedVolumes(snapshot.config, vm.vmid)) volumes.add(volid)
  }
  for (const value of vm.pending.values()) {
    if (value === undefined) continue
    for (const volid of ownedVolumes(new Map([['scsi0', value]]), vm.vmid)) volumes.add(volid)
  }
  if (alsoUnreferenced) {
    for (const volume of world.cluster.volumes.values()) {
      const isHere = volume.node === undefined || volume.node === vm.node
      if (volume.vmid === vm.vmid && isHere && volume.content === 'images') volumes.add(volume.volid)
    }
  }
  for (const volid of volumes) {
    const volume = findVolume(world.cluster, vm.node, volid)
    if (volume === undefined) continue
    if (leaves) {
      worker.warn(`Could not remove disk '${volid}', check manually: storage is busy`)
      continue
    }
    free(world.cluster, vm.node, volid)
    if (volume.format === 'raw') worker.log(`  Logical volume "${volid.split(':')[1]}" successfully removed.`)
  }
}

export const qemuDestroyOperations: readonly Operation[] = [{ key: 'DELETE /nodes/{node}/qemu/{vmid}', run: destroy }]
