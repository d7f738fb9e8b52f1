import type { Image, ListProblem } from '@dcm/core'
import { itemIdOf } from '../library/item-id.js'
import { listProblem } from '../list-problem.js'
import type { Platform } from '../platform.js'
import type { DatastorePlace } from './datastore-image.js'
import { searchImages } from './search-images.js'

/** Datastores that are searched at once. */
const searches = 4

/** ISO files of these datastores and ISO items of content libraries, by id; what could not be searched is a problem. */
export async function gatherImages(
  platform: Platform,
  places: readonly DatastorePlace[],
  signal: AbortSignal,
): Promise<{ readonly images: readonly Image[]; readonly problems: readonly ListProblem[] }> {
  const images: Image[] = []
  const problems: ListProblem[] = []
  const left = [...places]
  const work = async () => {
    for (let place = left.shift(); place !== undefined; place = left.shift()) {
      try {
        images.push(...(await searchImages(platform, place, signal)))
      } catch (thrown) {
        problems.push(listProblem(platform, place.id, thrown, signal))
      }
    }
  }
  const inLibraries = listLibraryImages(platform, signal).then(
    (found) => images.push(...found),
    (thrown: unknown) => problems.push(listProblem(platform, 'the content libraries', thrown, signal)),
  )
  await Promise.all([inLibraries, ...Array.from({ length: searches }, work)])
  images.sort((one, other) => (one.id < other.id ? -1 : 1))
  return { images, problems }
}

/** Those that lie on a datastore: a VM's drive reads from there. */
async function listLibraryImages(platform: Platform, signal: AbortSignal): Promise<Image[]> {
  if (!(await platform.facts()).isVcenter) return []
  const items = await platform.library.find({ type: 'iso' }, signal)
  return items.flatMap((item) => {
    const { name, sizeBytes, library } = item
    if (library.datastore === undefined) return []
    const size = sizeBytes === undefined ? {} : { sizeBytes }
    return [{ id: itemIdOf(item), name, datastore: library.datastore, ...size }]
  })
}
