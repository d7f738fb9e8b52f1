import { invalidArgument, vimFault } from '../fault.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

/** Names are kept escaped: `/`, `\` and `%` as `%2f`, `%5c`, `%25`. What comes unescaped is escaped. */
export function storedName(name: string, argument = 'name'): string {
  if (name.trim() === '') throw invalidArgument(argument)
  if (name.length > 80) throw vimFault('InvalidName', { name }, 'The name is not valid.')
  return name
    .replace(/%(?!2f|5c|25)/gi, '%25')
    .replaceAll('/', '%2f')
    .replaceAll('\\', '%5c')
}

export function displayName(stored: string): string {
  return stored.replace(/%(2f|5c|25)/gi, (match) => decodeURIComponent(match))
}

export function childNamed(
  world: World,
  folder: ManagedObject<'Folder'>,
  name: string,
): ManagedObject<'ManagedEntity'> | undefined {
  for (const ref of folder.state.childEntity ?? []) {
    const child = world.lookUp(ref)
    if (child === undefined) continue
    const entity = world.get('ManagedEntity', ref)
    if (entity.state.name === name) return entity
  }
  return undefined
}

const claims = new WeakMap<World, Set<string>>()

/**
 * Takes a name in a folder for a VM that is being made; the first one wins, also while it is not there yet. Gives a
 * function that lets it go. Throws DuplicateName.
 */
export function claimName(world: World, folder: ManagedObject<'Folder'>, name: string): () => void {
  const taken = claims.get(world) ?? new Set<string>()
  claims.set(world, taken)
  const key = `${folder.ref.value}/${name}`
  const holder = childNamed(world, folder, name)
  if (holder !== undefined || taken.has(key)) throw duplicateName(name, holder?.ref ?? folder.ref)
  taken.add(key)
  return () => void taken.delete(key)
}

export const duplicateName = (name: string, object: Ref): Error =>
  vimFault('DuplicateName', { name, object }, `The name '${displayName(name)}' already exists.`)
