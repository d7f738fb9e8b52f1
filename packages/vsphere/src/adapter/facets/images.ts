import {
  type AdapterFacetOf,
  collectProblems,
  type DeleteReport,
  HypervisorError,
  type Image,
  type Listing,
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
import { gatherImages } from '../images/gather-images.js'
import { fileManagerOf, uploadImage } from '../images/upload-image.js'
import { readInventory } from '../inventory.js'
import { itemIdOf, readItemId } from '../library/item-id.js'
import type { Platform } from '../platform.js'
import { pollTask, started } from '../task-step.js'

type DeleteInput = OperationInputs['images.delete']
type DeleteState = { place: DatastorePlace; path: string; item: string; gone: boolean }

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
  const { images, problems } = await gatherImages(platform, places, signal)
  return { items: images, problems, complete: problems.length === 0, observedAt, source: 'live' }
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
