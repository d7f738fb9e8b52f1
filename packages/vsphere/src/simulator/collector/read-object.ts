import type { Vim25Types } from '../../generated/types.js'
import { type Localized, localized, vimFault } from '../fault.js'
import type { ManagedObject } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { readPath, toAny } from './property-path.js'

type PropertySpec = Vim25Types['PropertySpec']

export interface PropertyRead {
  readonly name: string
  /** As the encoder takes it. */
  readonly val: unknown
}

export interface ObjectRead {
  readonly propSet: PropertyRead[]
  readonly missingSet: { readonly path: string; readonly fault: Localized }[]
}

/** The paths that a specification wants of objects of this type; undefined when it wants none of them. */
export function pathsFor(world: World, managedType: string, propSet: readonly PropertySpec[]): string[] | undefined {
  const fitting = propSet.filter((each) => world.api.isKindOf(managedType, each.type))
  if (fitting.length === 0) return undefined
  const paths = fitting.flatMap((each) => (each.all === true ? world.api.propertiesOf(managedType) : each.pathSet))
  return [...new Set(paths)]
}

/** Refuses types and paths that the API does not have, also where no object would have shown them. */
export function checkPropSet(world: World, propSet: readonly PropertySpec[]): void {
  for (const { type, pathSet } of propSet) {
    if (!world.api.isManagedType(type))
      throw vimFault('InvalidArgument', { invalidProperty: 'type' }, `No type ${type}`)
    const probe = { ref: { type, value: '' }, state: {}, revision: 0 }
    if (world.api.propertiesOf(type).length === 0) continue
    // Paths below a property of an open type are known only with the value at hand.
    for (const path of pathSet) if (!path.includes('[')) readPathLoosely(world, probe, path)
  }
}

function readPathLoosely(world: World, probe: ManagedObject, path: string): void {
  const [first = ''] = path.split('.')
  readPath(world.api, probe, first)
}

export function readObject(world: World, object: ManagedObject, paths: readonly string[]): ObjectRead {
  const read: ObjectRead = { propSet: [], missingSet: [] }
  for (const path of paths) {
    if (isDenied(world, path)) {
      const fault = vimFault(
        'NoPermission',
        { object: object.ref, privilegeId: 'System.Read' },
        'Permission to perform this operation was denied.',
      )
      read.missingSet.push({ path, fault: localized(fault) })
      continue
    }
    const val = toAny(readPath(world.api, object, path))
    if (val !== undefined) read.propSet.push({ name: path, val })
  }
  return read
}

function isDenied(world: World, path: string): boolean {
  for (const denied of world.switches.deniedPaths) if (path === denied || path.startsWith(`${denied}.`)) return true
  return false
}
