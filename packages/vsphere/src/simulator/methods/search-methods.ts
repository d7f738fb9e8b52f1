import { childNamed } from '../machines/names.js'
import { type ManagedObject, type Ref, sameRef } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Handlers } from './handler.js'

/** Whether something is below an object of the inventory. */
function isBelow(world: World, object: ManagedObject<'ManagedEntity'>, root: Ref | undefined): boolean {
  if (root === undefined) return true
  for (let ref = object.state.parent; ref !== undefined; ) {
    if (sameRef(ref, root)) return true
    ref = world.lookUp(ref) === undefined ? undefined : world.get('ManagedEntity', ref).state.parent
  }
  return false
}

function byUuid(
  world: World,
  request: { datacenter?: Ref | undefined; uuid: string; vmSearch: boolean; instanceUuid?: boolean | undefined },
): Ref[] {
  const uuid = request.uuid.toLowerCase()
  if (!request.vmSearch) {
    const hosts = world.all('HostSystem').filter(({ state }) => state.summary?.hardware?.uuid === uuid)
    return hosts.filter((each) => isBelow(world, each, request.datacenter)).map(({ ref }) => ref)
  }
  const machines = world
    .all('VirtualMachine')
    .filter(({ state: { config } }) =>
      request.instanceUuid === true ? config?.instanceUuid === uuid : config?.uuid === uuid,
    )
  return machines.filter((each) => isBelow(world, each, request.datacenter)).map(({ ref }) => ref)
}

/** The child of an entity by its stored name; a datacenter has its four folders. */
function childOf(
  world: World,
  entity: ManagedObject<'ManagedEntity'>,
  name: string,
): ManagedObject<'ManagedEntity'> | undefined {
  const isA = (type: string): boolean => world.api.isKindOf(entity.ref.type, type)
  if (isA('Folder')) return childNamed(world, world.get('Folder', entity.ref), name)
  const named = (refs: readonly (Ref | undefined)[]) =>
    refs
      .flatMap((ref) => (ref === undefined || world.lookUp(ref) === undefined ? [] : [world.get('ManagedEntity', ref)]))
      .find(({ state }) => state.name === name)
  if (isA('Datacenter')) {
    const { vmFolder, hostFolder, datastoreFolder, networkFolder } = world.get('Datacenter', entity.ref).state
    return named([vmFolder, hostFolder, datastoreFolder, networkFolder])
  }
  if (isA('ComputeResource')) {
    const { host = [], resourcePool } = world.get('ComputeResource', entity.ref).state
    return named([...host, resourcePool])
  }
  if (isA('ResourcePool')) return named(world.get('ResourcePool', entity.ref).state.resourcePool ?? [])
  return undefined
}

export const searchMethods: Handlers = {
  FindByUuid: ({ world }, request) => byUuid(world, request)[0],
  FindAllByUuid: ({ world }, request) => byUuid(world, request),
  FindChild: ({ world }, { entity, name }) => childOf(world, world.get('ManagedEntity', entity, 'entity'), name)?.ref,
  FindByInventoryPath({ world }, { inventoryPath }) {
    let found: ManagedObject<'ManagedEntity'> | undefined = world.get('ManagedEntity', world.content.rootFolder)
    for (const step of inventoryPath.split('/').filter((each) => each !== ''))
      found = found === undefined ? undefined : childOf(world, found, step)
    return found?.ref
  },
  FindByIp: ({ world }, { ip, vmSearch }) =>
    vmSearch ? world.all('VirtualMachine').find(({ state }) => state.guest?.ipAddress === ip)?.ref : undefined,
  FindByDnsName: ({ world }, { dnsName, vmSearch }) =>
    vmSearch ? world.all('VirtualMachine').find(({ state }) => state.guest?.hostName === dnsName)?.ref : undefined,
  FindByDatastorePath: ({ world }, { path }) =>
    world.all('VirtualMachine').find(({ state }) => state.config?.files.vmPathName === path)?.ref,
}
