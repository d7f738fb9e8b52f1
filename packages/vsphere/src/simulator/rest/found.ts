import { type Library, librariesOf, type StoredItem } from '../libraries/library-store.js'
import type { World } from '../world/world.js'
import { notFound } from './rest-reply.js'

/** Throws NOT_FOUND. */
export function foundLibrary(world: World, id: string): Library {
  const library = librariesOf(world).libraries.get(id)
  if (library === undefined) throw notFound('library', id)
  return library
}

/** Throws NOT_FOUND. */
export function foundItem(world: World, id: string): StoredItem {
  const item = librariesOf(world).items.get(id)
  if (item === undefined) throw notFound('library item', id)
  return item
}
