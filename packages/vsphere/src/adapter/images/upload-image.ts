import {
  collectProblems,
  HypervisorError,
  type Image,
  type OperationDefinition,
  type OperationInputs,
  resolveReference,
  type Step,
} from '@dcm/core'
import { isFault } from '../../client/error.js'
import { type ManagedObjectReference, reference } from '../../client/reference.js'
import { readInventory } from '../inventory.js'
import { mapResources } from '../map-resources.js'
import { createOwnWork } from '../own-work.js'
import type { Platform } from '../platform.js'
import { cancelTask, pollTask, started } from '../task-step.js'
import {
  type DatastorePlace,
  datacenterOf,
  imageOf,
  isImagePath,
  nativePath,
  placesOf,
  urlOf,
} from './datastore-image.js'
import { openImage } from './image-source.js'
import { searchImages } from './search-images.js'

type Input = OperationInputs['images.upload']
type State = {
  place: DatastorePlace
  /** The name under which the bytes arrive: no image yet. */
  part: string
}

const lookAgainMs = 200

/**
 * plan, folder, send (PUT, under a name of its own), name (MoveDatastoreFile_Task, which replaces nothing): an image is whole when it
 * shows, and of two uploads of one name the platform lets one win.
 */
export function uploadImage(platform: Platform): OperationDefinition<Input, State, Image> {
  return {
    steps: [planStep(platform), folderStep(platform), sendStep(platform), nameStep(platform)],
    async result({ input: { name }, state, signal }) {
      const made = (await searchImages(platform, placeOf(state), signal)).find((image) => image.name === name)
      if (made !== undefined) return made
      throw new HypervisorError('NOT_FOUND', `the image '${name}' was removed meanwhile`)
    },
  }
}

function planStep(platform: Platform): Step<Input, State> {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input: { name, datastore }, signal }) {
      const rows = await readInventory(platform, new Set(['datastore']), signal)
      const resources = mapResources(rows)
      const problems = collectProblems()
      if (!isImagePath(name)) problems.invalid('name', "must be a path below the datastore's root that ends in .iso")
      const target = { path: 'datastore', kind: 'datastore', containers: resources } as const
      const stores = resources.filter(({ kind }) => kind === 'datastore')
      const found = resolveReference(datastore, stores, target, problems)
      const place = placesOf(rows).find(({ id }) => id === found?.id)
      if (found !== undefined && place === undefined)
        problems.invalid('datastore', 'is not accessible: see to its hosts')
      problems.throwIfAny('the input')
      if (place === undefined) throw new TypeError('a problem was told')
      if ((await searchImages(platform, place, signal)).some((image) => image.name === name)) throw taken(place, name)
      return { done: true, state: { place, part: `${name}.${crypto.randomUUID().slice(0, 8)}.part` } }
    },
  }
}

/** MakeDirectory: an upload makes none. */
function folderStep(platform: Platform): Step<Input, State> {
  return {
    name: 'folder',
    repeat: 'safe',
    times: ({ input: { name } }) => (name.includes('/') ? 1 : 0),
    async begin({ input: { name }, state, signal }) {
      const place = placeOf(state)
      const directory = nativePath(place, name.slice(0, name.lastIndexOf('/')))
      const order = { name: directory, datacenter: datacenterOf(place), createParentDirectories: true }
      try {
        await platform.api.call(await fileManagerOf(platform), 'MakeDirectory', order, { signal })
      } catch (error) {
        if (!isFault(error, 'FileAlreadyExists')) throw error
      }
      return { done: true }
    },
  }
}

/** Bytes go through this process; one that takes the operation over sends them again. */
function sendStep(platform: Platform): Step<Input, State> {
  const uploads = createOwnWork<void>()
  return {
    name: 'send',
    repeat: 'safe',
    weight: 8,
    async begin({ input: { source }, state }) {
      const [place, part] = [placeOf(state), partOf(state)]
      uploads.begin(part, async (signal, onFraction) => {
        const data = await openImage(source, signal)
        await platform.api.upload(urlOf(place, part), data, {
          signal,
          onProgress: ({ bytes, total }) => onFraction(bytes / Math.max(1, total)),
        })
      })
      return { task: part, retryAfterMs: lookAgainMs }
    },
    async poll(_context, task) {
      const seen = uploads.look(String(task))
      if (seen === undefined) return { vanished: true }
      return seen.done ? { done: true } : { running: true, fraction: seen.fraction, retryAfterMs: lookAgainMs }
    },
    cancel: async (_context, task) => uploads.stop(String(task)),
    undo: [dropPartStep(platform)],
    leftovers: ({ state }) => [
      { kind: 'file', id: state.place === undefined ? '' : `${state.place.id}/${state.part}` },
    ],
  }
}

function dropPartStep(platform: Platform): Step<Input, State> {
  const done = { done: true } as const
  return {
    name: 'drop-part',
    repeat: 'safe',
    async begin({ state, signal }) {
      const place = placeOf(state)
      const order = { name: nativePath(place, partOf(state)), datacenter: datacenterOf(place) }
      try {
        const manager = await fileManagerOf(platform)
        return started(await platform.api.call(manager, 'DeleteDatastoreFile_Task', order, { signal }))
      } catch (error) {
        if (isFault(error, 'FileNotFound')) return done
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<State>(platform, context, task, {
        failed: (error) => (isFault(error, 'FileNotFound') ? done : undefined),
      }),
  }
}

function nameStep(platform: Platform): Step<Input, State> {
  return {
    name: 'name',
    repeat: 'once',
    async begin({ input: { name }, state, signal }) {
      const place = placeOf(state)
      const datacenter = datacenterOf(place)
      const order = {
        sourceName: nativePath(place, partOf(state)),
        sourceDatacenter: datacenter,
        destinationName: nativePath(place, name),
        destinationDatacenter: datacenter,
        force: false,
      }
      const manager = await fileManagerOf(platform)
      return started(await platform.api.call(manager, 'MoveDatastoreFile_Task', order, { signal }))
    },
    poll: (context, task) =>
      pollTask<State>(platform, context, task, {
        failed: (error) => {
          if (isFault(error, 'FileAlreadyExists')) throw taken(placeOf(context.state), context.input.name)
          return undefined
        },
      }),
    cancel: ({ signal }, task) => cancelTask(platform, task, signal),
    findCanBeWrong:
      'our file is gone and an image of this name is there: somebody may have removed the one and made the other',
    async find({ input: { name }, state, signal }) {
      const there = (await searchImages(platform, placeOf(state), signal)).some((image) => image.name === name)
      if (!there) return { found: 'absent' }
      return (await hasPart(platform, state, signal)) ? { found: 'absent' } : { found: 'mine' }
    },
  }
}

async function hasPart(platform: Platform, state: Readonly<Partial<State>>, signal: AbortSignal): Promise<boolean> {
  const place = placeOf(state)
  const { browser } = await platform.api.read(reference('Datastore', place.id), 'Datastore', ['browser'], { signal })
  const part = partOf(state)
  const matchPattern = [part.slice(part.lastIndexOf('/') + 1)]
  const search = { datastorePath: nativePath(place, ''), searchSpec: { query: [], matchPattern } }
  const found = await platform.api.run(browser, 'SearchDatastoreSubFolders_Task', search, { signal })
  return (found ?? []).some(({ file }) => (file ?? []).length > 0)
}

export async function fileManagerOf(platform: Platform): Promise<ManagedObjectReference> {
  const { fileManager = reference('FileManager', 'FileManager') } = await platform.api.serviceContent()
  return fileManager
}

function placeOf({ place }: Readonly<Partial<State>>): DatastorePlace {
  if (place === undefined) throw new TypeError('the plan pins the datastore')
  return place
}

function partOf({ part }: Readonly<Partial<State>>): string {
  if (part === undefined) throw new TypeError('the plan names the file')
  return part
}

function taken(place: DatastorePlace, name: string): HypervisorError {
  const { id } = imageOf(place, name, undefined)
  const message = `the datastore has an image '${name}' already: delete it, or choose another name`
  return new HypervisorError('ALREADY_EXISTS', message, { details: { reason: 'name', existingId: id } })
}
