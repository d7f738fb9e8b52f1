import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { invalid, optionalText, type RestBody } from './rest-body.js'

/** The object that a member names. Throws the fault for one that is not there. */
export function placeIn(
  world: World,
  body: RestBody,
  name: string,
  type: 'ClusterComputeResource' | 'Folder' | 'HostSystem' | 'ResourcePool',
): Ref | undefined {
  const value = optionalText(body, name)
  return value === undefined ? undefined : world.get(type, { type, value }).ref
}

/** Throws INVALID_ARGUMENT for one that is not there. */
export function datastoreIn(world: World, body: RestBody, name: string): Ref | undefined {
  const value = optionalText(body, name)
  if (value === undefined) return undefined
  const datastore = world.lookUp({ type: 'Datastore', value })
  if (datastore === undefined) throw invalid(`There is no datastore ${value}.`)
  return datastore.ref
}
