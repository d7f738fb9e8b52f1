import { vimFault } from '../fault.js'
import { committedBytes } from '../machines/devices.js'
import type { Machine } from '../machines/machine.js'
import { claimName, displayName, storedName } from '../machines/names.js'
import { newConfig } from '../machines/new-config.js'
import { place, takeSpace } from '../machines/placement.js'
import { removeMachine } from '../machines/remove.js'
import { addNew } from '../methods/provision-methods.js'
import type { OvfPackage } from '../ovf/package.js'
import type { TaskBoard } from '../tasks/task-board.js'
import { endOf } from '../tasks/task-end.js'
import { postEvent } from '../world/events.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import { reference } from '../world/reference.js'
import type { World } from '../world/world.js'

export interface OvfDeploymentOrder {
  readonly ovf: OvfPackage
  readonly name: string
  readonly annotation: string
  readonly pool: Ref
  readonly host: Ref | undefined
  /** Default: that of the VMs of the pool's datacenter. */
  readonly folder: Ref | undefined
  readonly datastore: Ref | undefined
  /** Networks of the platform by those of the package; the others are plugged into the first of the host. */
  readonly networks: ReadonlyMap<string, Ref>
  readonly userName: string
}

/**
 * Deploys a package. Its VM is in the folder at once, under its name and with its annotation, and locked until the task
 * (`ImportVAppLRO`) has ended; a task that fails takes it away again. Throws what is wrong before there is a VM. Gives
 * the VM and what the task ended with.
 */
export function deployOvf(
  world: World,
  tasks: TaskBoard,
  order: OvfDeploymentOrder,
): { readonly machine: Machine; readonly ended: ReturnType<typeof endOf> } {
  const { ovf } = order
  const placement = place(world, order)
  const folder = order.folder === undefined ? folderOfPool(world, placement.pool) : world.get('Folder', order.folder)
  if (folder.state.childType?.includes('VirtualMachine') !== true)
    throw vimFault('InvalidFolder', { target: folder.ref }, 'The folder holds no virtual machines.')
  const name = storedName(order.name)
  claimName(world, folder, name)()
  const datastoreName = placement.datastore.state.name ?? ''
  const fallback = placement.host.state.network?.[0]
  const networks = ovf.cards.flatMap((card) => order.networks.get(card) ?? fallback ?? [])
  const { guestId, cpus, memoryMB, diskGiB } = ovf
  const config = newConfig(world, {
    name, datastoreName, cpus, memoryMB, diskGiB, networks, annotation: order.annotation,
    ...(guestId !== undefined && { guestId }),
  }) // biome-ignore format: short
  const machine = addNew(world, {
    config,
    folder,
    pool: placement.pool.ref,
    host: placement.host.ref,
    datastore: placement.datastore.ref,
  })
  postEvent(world, 'VmCreatedEvent', machine, `Created virtual machine ${displayName(name)}`, {})
  const task = tasks.start({
    method: 'ImportVAppLRO',
    entity: placement.pool,
    userName: order.userName,
    locks: [machine],
    durationMs: world.timing.deploy,
    undo() {
      if (world.lookUp(machine.ref) !== undefined) removeMachine(world, machine)
    },
    finish() {
      world.get('VirtualMachine', machine.ref)
      takeSpace(world, placement.datastore, committedBytes(config))
      return reference(machine.ref)
    },
  })
  return { machine, ended: endOf(world, task) }
}

/** The folder of VMs of the datacenter that the pool is in. */
function folderOfPool(world: World, pool: ManagedObject<'ResourcePool'>): ManagedObject<'Folder'> {
  let { parent } = world.get('ManagedEntity', pool.state.owner).state
  while (parent !== undefined && parent.type !== 'Datacenter') parent = world.get('ManagedEntity', parent).state.parent
  return world.get('Folder', world.get('Datacenter', parent).state.vmFolder)
}
