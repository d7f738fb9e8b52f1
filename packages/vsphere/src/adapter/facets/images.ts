import {
  type AdapterFacetOf,
  collectProblems,
  type DeleteReport,
  HypervisorError,
  type Image,
  type Listing,
  type ListProblem,
  type OperationDefinition,
  type OperationInputs,
  type Reference,
  resolveReference,
} from '@dcm/core'
import { isFault } from '../../client/error.js'
import {
  type DatastorePlace,
  datacenterOf,
  imageOf,
  nativePath,
  placesOf,
  readImageId,
} from '../images/datastore-image.js'
import { searchImages } from '../images/search-images.js'
import { fileManagerOf, uploadImage } from '../images/upload-image.js'
import { readInventory } from '../inventory.js'
import { itemIdOf, readItemId } from '../library/item-id.js'
import { listProblem } from '../list-problem.js'
import type { Platform } from '../platform.js'
import { pollTask, started } from '../task-step.js'

type DeleteInput = OperationInputs['images.delete']
type DeleteState = { place: DatastorePlace; path: string; item: string; gone: boolean }

/** Datastores that are searched at once. */
const searches = 4

/** Installation images: ISO files on datastores, and ISO items of content libraries. */
export function imagesFacet(platform: Platform): AdapterFacetOf<'images'> {
  return {
    list: (_input, { signal }) => listImages(platform, signal),
    upload: uploadImage(platform),
    delete: deleteImage(platform),
  }
}

async function listImages(platform: Platform, signal: AbortSignal): Promise<Listing<Image>> {
  const observedAt = new Date().toISOString()
  const places = placesOf(await readInventory(platform, new Set(['datastore']), signal))
  const items: Image[] = []
  const problems: ListProblem[] = []
  const left = [...places]
  const work = async () => {
    for (let place = left.shift(); place !== undefined; place = left.shift()) {
      try {
        items.push(...(await searchImages(platform, place, signal)))
      } catch (thrown) {
        problems.push(listProblem(platform, place.id, thrown, signal))
      }
    }
  }
  const inLibraries = listLibraryImages(platform, signal).then(
    (images) => items.push(...images),
    (thrown: unknown) => problems.push(listProblem(platform, 'the content libraries', thrown, signal)),
  )
  await Promise.all([inLibraries, ...Array.from({ length: searches }, work)])
  items.sort((one, other) => (one.id < other.id ? -1 : 1))
  return { items, problems, complete: problems.length === 0, observedAt, source: 'live' }
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

/** DeleteDatastoreFile_Task, which the platform refuses while a running VM has the image in its drive. */
function deleteImage(platform: Platform): OperationDefinition<DeleteInput, DeleteState, DeleteReport> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const id = 'id' in input.image ? input.image.id : await findByName(platform, input.image, signal)
          const item = id === undefined ? undefined : readItemId(id)
          if (item !== undefined) return { done: true, state: { item } }
          const parsed = id === undefined ? undefined : readImageId(id)
          const places = placesOf(await readInventory(platform, new Set(['datastore']), signal))
          const place = places.find((each) => each.id === parsed?.datastore)
          if (place === undefined || parsed === undefined) return { done: true, state: { gone: true } }
          if (/\.iso$/i.test(parsed.path)) return { done: true, state: { place, path: parsed.path } }
          throw new HypervisorError('NOT_FOUND', `${id} is no installation image: those end in .iso`, {
            details: { missing: [{ kind: 'image', reference: { id: id ?? '' } }] },
          })
        },
      },
      {
        name: 'delete',
        repeat: 'safe',
        times: ({ state }) => (state.place === undefined ? 0 : 1),
        async begin({ state: { place, path = '' }, signal }) {
          if (place === undefined) return { done: true }
          const order = { name: nativePath(place, path), datacenter: datacenterOf(place) }
          try {
            const manager = await fileManagerOf(platform)
            return started(await platform.api.call(manager, 'DeleteDatastoreFile_Task', order, { signal }))
          } catch (error) {
            if (isFault(error, 'FileNotFound')) return { done: true, state: { gone: true } }
            throw error
          }
        },
        poll: (context, task) =>
          pollTask<DeleteState>(platform, context, task, {
            failed: (error) => (isFault(error, 'FileNotFound') ? { done: true, state: { gone: true } } : undefined),
          }),
      },
      {
        name: 'remove-item',
        repeat: 'safe',
        times: ({ state }) => (state.item === undefined ? 0 : 1),
        begin: async ({ state: { item = '' }, signal }) => ({
          done: true,
          state: { gone: !(await platform.library.remove(item, signal)) },
        }),
      },
    ],
    async result({ state: { place, path = '', item, gone } }) {
      if (item !== undefined) return { removed: gone === true ? [] : [itemIdOf({ id: item })], left: [] }
      const removed = gone === true || place === undefined ? [] : [imageOf(place, path, undefined).id]
      return { removed, left: [] }
    },
  }
}

/** Undefined where there is none of that name; AMBIGUOUS where several datastores have one. */
async function findByName(
  platform: Platform,
  wanted: Extract<Reference, { readonly name: string }>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { items } = await listImages(platform, signal)
  const candidates = items.map(({ id, name, datastore }) => ({ id, name, within: [datastore] }))
  if (!candidates.some(({ name }) => name === wanted.name)) return undefined
  const problems = collectProblems()
  const found = resolveReference(wanted, candidates, { path: 'image', kind: 'image' }, problems)
  problems.throwIfAny('the input')
  return found?.id
}
