import { nodesInOrder, type Vm } from '../cluster/cluster.js'
import { isDiskKey, ownedVolumes, readDrive } from '../cluster/drives.js'
import { requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { findVolume, requireStorage, volumeKey } from '../cluster/volumes.js'
import { failure, parameterError } from '../http/platform-error.js'
import { type TaskWorker, withCleanUp } from '../tasks/worker.js'
import type { World } from '../world.js'
import { type Feature, hasFeature, nodesWithDisks } from './feature-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { usesLocalDisks } from './power-work.js'
import { refuseRootOnly } from './root-only.js'
import { transfer } from './volume-work.js'

function feature({ world, node, parameters }: Call): Answer {
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  // The schema's enumeration lets nothing else through.
  const has = hasFeature(world, vm, parameters.text('feature') as Feature)
  return { data: { hasFeature: has ? 1 : 0, nodes: has ? nodesWithDisks(world, vm) : [] } }
}

function preconditions({ world, node, parameters }: Call): Answer {
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  const local = usesLocalDisks(world, vm.config)
  const others = nodesInOrder(world.cluster).filter((other) => other.name !== node && other.online)
  return {
    data: {
      running: vm.running === undefined ? 0 : 1,
      allowed_nodes: others.map((other) => other.name),
      not_allowed_nodes: {},
      local_disks: local.map((volid) => ({ volid, cdrom: 0, is_unused: 0 })),
      local_resources: [],
      'mapped-resources': [],
      'mapped-resource-info': {},
      'has-dbus-vmstate': 1,
    },
  }
}

function migrate(call: Call): Answer {
  refuseRootOnly(call, ['force', 'migration_type', 'migration_network'])
  const { world, node, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  const target = parameters.text('target')
  const destination = world.cluster.nodes.get(target)
  if (destination === undefined) throw failure(`no such cluster node '${target}'`)
  if (target === node) throw parameterError({ target: 'target is local node.' })
  const vm = requireVm(world.cluster, node, vmid)
  if (vm.running !== undefined && !parameters.isSet('online')) {
    throw failure("can't migrate running VM without --online")
  }
  if (vm.ha !== undefined) return fork(call, 'hamigrate', String(vmid), (worker) => worker.pause(300))
  const local = usesLocalDisks(world, vm.config)
  if (vm.running !== undefined && local.length > 0 && !parameters.isSet('with-local-disks')) {
    throw failure("can't live migrate attached local disks without with-local-disks option")
  }
  return fork(call, 'qmigrate', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      requireUnlocked(vm)
      if (!destination.online) throw failure(`target node '${target}' is offline`)
      worker.log(`starting migration of VM ${vmid} to node '${target}' (${destination.address})`)
      await moveGuest(world, worker, vm, target, local)
    }),
  )
}

async function moveGuest(
  world: World,
  worker: TaskWorker,
  vm: Vm,
  target: string,
  local: readonly string[],
): Promise<void> {
  const began = world.clock.seconds()
  vm.config.set('lock', 'migrate')
  await withCleanUp(
    async () => {
      for (const volid of local) {
        worker.log(`copying local disk image '${volid}'`)
        await transfer(worker, findVolume(world.cluster, vm.node, volid)?.sizeBytes ?? 0)
      }
      await worker.pause(vm.running === undefined ? 800 : 3_000)
    },
    () => {
      vm.config.delete('lock')
      worker.log('ERROR: migration aborted')
    },
  )
  relocate(world, vm, target)
  vm.config.delete('lock')
  worker.log(
    `migration finished successfully (duration 00:00:${String(world.clock.seconds() - began).padStart(2, '0')})`,
  )
}

/** Moves a guest's file and its local volumes to another node, at once. */
export function relocate(world: World, vm: Vm, target: string): void {
  for (const [key, value] of vm.config) {
    if (!isDiskKey(key)) continue
    const volid = readDrive(key, value).file
    const volume = ownedVolumes(vm.config, vm.vmid).includes(volid)
      ? findVolume(world.cluster, vm.node, volid)
      : undefined
    if (volume?.node === undefined) continue
    const storage = requireStorage(world.cluster, volume.storage, vm.node)
    world.cluster.volumes.delete(volumeKey(storage, vm.node, volid))
    volume.node = target
    world.cluster.volumes.set(volumeKey(storage, target, volid), volume)
  }
  vm.node = target
}

export const qemuMigrateOperations: readonly Operation[] = [
  { key: 'GET /nodes/{node}/qemu/{vmid}/feature', run: feature },
  { key: 'GET /nodes/{node}/qemu/{vmid}/migrate', run: preconditions },
  { key: 'POST /nodes/{node}/qemu/{vmid}/migrate', run: migrate },
]
