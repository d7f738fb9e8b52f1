import { isFault } from '../../client/error.js'
import { reference } from '../../client/reference.js'
import type { LibraryItem } from '../library/library-items.js'
import type { Platform } from '../platform.js'
import { type ImageFile, nativePath } from './datastore-image.js'

/** Is there such a file? One task, which looks into its directory alone (`SearchDatastore_Task`). */
export async function hasFile(
  platform: Platform,
  place: ImageFile['place'],
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { browser } = await platform.api.read(reference('Datastore', place.id), 'Datastore', ['browser'], { signal })
  const slash = path.lastIndexOf('/')
  const datastorePath = nativePath(place, path.slice(0, Math.max(0, slash)))
  const name = path.slice(slash + 1)
  const searchSpec = { query: [], matchPattern: [name] }
  try {
    const found = await platform.api.run(browser, 'SearchDatastore_Task', { datastorePath, searchSpec }, { signal })
    // A name with a wildcard in it matches others as well.
    return (found?.file ?? []).some((each) => (each._type === '$unknown' ? each.base : each).path === name)
  } catch (error) {
    if (isFault(error, 'FileNotFound')) return false
    throw error
  }
}

/** Where the ISO file of a library's item lies: a VM's drive reads it from there. */
export async function fileOfItem(
  platform: Platform,
  { id }: LibraryItem,
  signal: AbortSignal,
): Promise<{ readonly datastore: string; readonly path: string } | undefined> {
  const key = 'GET /content/library/item/{library_item_id}/storage' as const
  for (const file of await platform.api.rest.request(key, { library_item_id: id }, { signal })) {
    const { name, storage_backing, storage_uris } = file
    const path = storage_uris.map((uri) => onVolume.exec(uri)?.[1]).find((each) => each !== undefined)
    const datastore = storage_backing.datastore_id
    if (/\.iso$/i.test(name) && datastore !== undefined && path !== undefined) return { datastore, path }
  }
  return undefined
}

/** `ds:///vmfs/volumes/<volume>/<path>`. */
const onVolume = /^ds:\/\/\/vmfs\/volumes\/[^/]+\/(.+)$/
