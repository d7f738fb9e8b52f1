import { vimFault } from '../fault.js'
import { committedBytes } from '../machines/devices.js'
import { type Config, configOf, type Machine } from '../machines/machine.js'
import { claimName, displayName, storedName } from '../machines/names.js'
import { newConfig } from '../machines/new-config.js'
import { type Placement, place, takeSpace } from '../machines/placement.js'
import { removeMachine } from '../machines/remove.js'
import { addNew } from '../methods/provision-methods.js'
import type { OvfPackage } from '../ovf/package.js'
import type { TaskBoard } from '../tasks/task-board.js'
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
 * Starts the task that deploys a package (`ImportVAppLRO`), which gives the VM. That is in the folder as soon as the task
 * runs, under its name and with its annotation, and locked until the task has ended; a task that fails takes it away
 * again. Throws what is refused at once.
 */
export function deployOvf(world: World, tasks: TaskBoard, order: OvfDeploymentOrder): Ref {
  const placement = place(world, order)
  const { pool, host, datastore } = placement
  const folder = order.folder === undefined ? folderOfPool(world, pool) : world.get('Folder', order.folder)
  if (folder.state.childType?.includes('VirtualMachine') !== true)
    throw vimFault('InvalidFolder', { target: folder.ref }, 'The folder holds no virtual machines.')
  const name = storedName(order.name)
  let machine: Machine | undefined
  return tasks.start({
    method: 'ImportVAppLRO',
    entity: pool,
    userName: order.userName,
    durationMs: world.timing.deploy,
    check(lock) {
      claimName(world, folder, name)()
      const config = configFrom(world, order, name, placement)
      machine = addNew(world, { config, folder, pool: pool.ref, host: host.ref, datastore: datastore.ref })
      lock(machine)
      postEvent(world, 'VmCreatedEvent', machine, `Created virtual machine ${displayName(name)}`, {})
    },
    undo() {
      if (machine !== undefined && world.lookUp(machine.ref) !== undefined) removeMachine(world, machine)
    },
    finish() {
      const made = world.get('VirtualMachine', machine?.ref)
      takeSpace(world, datastore, committedBytes(configOf(made)))
      return reference(made.ref)
    },
  })
}

function configFrom(
  world: World,
  { ovf, annotation, networks: mapped }: OvfDeploymentOrder,
  name: string,
  { host, datastore }: Placement,
): Config {
  const fallback = host.state.network?.[0]
  const { guestId, cpus, memoryMB, diskGiB } = ovf
  return newConfig(world, {
    name,
    datastoreName: datastore.state.name ?? '',
    annotation,
    cpus,
    memoryMB,
    diskGiB,
    networks: ovf.cards.flatMap((card) => mapped.get(card) ?? fallback ?? []),
    ...(guestId !== undefined && { guestId }),
  })
}

/** The folder of VMs of the datacenter that the pool is in. */
function folderOfPool(world: World, pool: ManagedObject<'ResourcePool'>): ManagedObject<'Folder'> {
  let { parent } = world.get('ManagedEntity', pool.state.owner).state
  while (parent !== undefined && parent.type !== 'Datacenter') parent = world.get('ManagedEntity', parent).state.parent
  return world.get('Folder', world.get('Datacenter', parent).state.vmFolder)
}
