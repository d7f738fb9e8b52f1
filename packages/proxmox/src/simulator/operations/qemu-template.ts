import type { Vm, Volume } from '../cluster/cluster.js'
import { drivesOf, printDrive } from '../cluster/drives.js'
import { isTemplate, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { findVolume, requireStorage, volumeKey } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { World } from '../world.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'

function requireConvertible(vm: Vm): void {
  if (vm.snapshots.size > 0) throw failure('unable to create template, because VM contains snapshots')
  requireUnlocked(vm)
  if (isTemplate(vm)) throw failure("you can't convert a template to a template")
  if (vm.running !== undefined) throw failure("you can't convert a VM to template if VM is running")
}

/** Turns a guest into a template: its disks become base volumes. */
function template(call: Call): Answer {
  const { world, node, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  const only = parameters.optionalText('disk')
  requireConvertible(requireVm(world.cluster, node, vmid))
  return fork(call, 'qmtemplate', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = requireVm(world.cluster, node, vmid)
      requireConvertible(vm)
      vm.config.set('template', 1)
      for (const drive of drivesOf(vm.config)) {
        if (drive.isCdrom || drive.isCloudInit || (only !== undefined && drive.key !== only)) continue
        await worker.pause(200)
        const volume = findVolume(world.cluster, node, drive.file)
        if (volume !== undefined) vm.config.set(drive.key, printDrive(makeBase(world, node, volume), drive.options))
      }
    }),
  )
}

/** Renames `vm-100-disk-0` to `base-100-disk-0`. */
export function makeBase(world: World, node: string, volume: Volume): string {
  const storage = requireStorage(world.cluster, volume.storage, node)
  const volid = volume.volid.replace(/(^|[:/])vm-(?=[^/]*$)/, '$1base-')
  world.cluster.volumes.delete(volumeKey(storage, node, volume.volid))
  world.cluster.volumes.set(volumeKey(storage, node, volid), { ...volume, volid })
  return volid
}

export const qemuTemplateOperations: readonly Operation[] = [
  { key: 'POST /nodes/{node}/qemu/{vmid}/template', run: template },
]
