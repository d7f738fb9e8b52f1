import { invalidArgument, vimFault } from '../fault.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

export interface Placement {
  readonly pool: ManagedObject<'ResourcePool'>
  readonly host: ManagedObject<'HostSystem'>
  readonly datastore: ManagedObject<'Datastore'>
}

export interface PlacementWish {
  readonly pool?: Ref | undefined
  readonly host?: Ref | undefined
  readonly datastore?: Ref | undefined
}

/**
 * Completes a wish: a host of the pool's cluster that can run something and has the fewest VMs, and a datastore that it
 * mounts. Throws InvalidArgument for things that do not belong together, NoCompatibleHost where no host can take it.
 */
export function place(world: World, wish: PlacementWish, fallbackDatastore?: Ref): Placement {
  const pool =
    wish.pool === undefined ? poolOfHost(world, wish.host) : world.get('ResourcePool', wish.pool, 'spec.location.pool')
  const owner = world.get('ComputeResource', pool.state.owner)
  const hosts = (owner.state.host ?? []).map((ref) => world.get('HostSystem', ref))
  const host = wish.host === undefined ? leastLoaded(hosts) : hosts.find(({ ref }) => ref.value === wish.host?.value)
  if (host === undefined) throw wish.host === undefined ? noHost() : invalidArgument('spec.location.host')
  if (!isUsable(host))
    throw vimFault(
      'InvalidHostState',
      { host: host.ref },
      'The operation is not allowed in the current connection state of the host.',
    )
  const wanted = wish.datastore ?? fallbackDatastore ?? host.state.datastore?.[0]
  const datastore = world.get('Datastore', wanted, 'spec.location.datastore')
  if (host.state.datastore?.some(({ value }) => value === datastore.ref.value) !== true)
    throw vimFault('DatastoreNotWritableOnHost', {
      host: host.ref,
      datastore: datastore.ref,
      name: datastore.state.name ?? '',
    })
  return { pool, host, datastore }
}

/** The pool of the cluster that the host is in. */
export function poolOfHost(world: World, host: Ref | undefined): ManagedObject<'ResourcePool'> {
  if (host === undefined) throw invalidArgument('spec.location.pool')
  const owner = world.get('ComputeResource', world.get('HostSystem', host).state.parent)
  return world.get('ResourcePool', owner.state.resourcePool)
}

export const isUsable = ({ state }: ManagedObject<'HostSystem'>): boolean =>
  state.runtime?.connectionState === 'connected' && state.runtime.inMaintenanceMode === false

function leastLoaded(hosts: readonly ManagedObject<'HostSystem'>[]): ManagedObject<'HostSystem'> | undefined {
  const load = ({ state }: ManagedObject<'HostSystem'>): number => state.vm?.length ?? 0
  return hosts.filter(isUsable).sort((a, b) => load(a) - load(b))[0]
}

const noHost = (): Error => vimFault('NoCompatibleHost', {}, 'No host is compatible with the virtual machine.')

/** Takes room from a datastore. Throws NoDiskSpace. */
export function takeSpace(world: World, datastore: ManagedObject<'Datastore'>, bytes: number): void {
  const { summary } = datastore.state
  if (summary === undefined) return
  const freeSpace = Number(summary.freeSpace) - bytes
  if (freeSpace < 0)
    throw vimFault(
      'NoDiskSpace',
      { file: `[${summary.name}]`, datastore: summary.name },
      `Insufficient disk space on datastore '${summary.name}'.`,
    )
  world.change(datastore, { summary: { ...summary, freeSpace } })
}
