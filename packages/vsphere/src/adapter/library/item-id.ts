import type { LibraryItem } from './library-items.js'

/** Tells items apart from what vim25 knows: `library-item:<uuid>`. */
const prefix = 'library-item:'

export function itemIdOf({ id }: Pick<LibraryItem, 'id'>): string {
  return prefix + id
}

/** The service's id in an id of the port; undefined for what is no item. */
export function readItemId(id: string): string | undefined {
  return id.startsWith(prefix) ? id.slice(prefix.length) : undefined
}
