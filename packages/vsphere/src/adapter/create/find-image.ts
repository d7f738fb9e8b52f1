import { HypervisorError, type Reference, type ResourceOf, resolveReference } from '@dcm/core'
import {
  type DatastorePlace,
  type ImageFile,
  imageOf,
  isImagePath,
  placesOf,
  readImageId,
} from '../images/datastore-image.js'
import { gatherImages } from '../images/gather-images.js'
import { fileOfItem, hasFile } from '../images/iso-file.js'
import { readItemId } from '../library/item-id.js'
import type { Platform } from '../platform.js'
import type { Place } from './find-place.js'
import { ofKind, type Survey } from './survey.js'

/**
 * The file of an installation image. By id that one file is looked at; by name the datastores that the
 * place reaches are searched, and the content libraries.
 */
export async function findImage(
  platform: Platform,
  survey: Survey,
  wanted: Reference,
  place: Place,
  signal: AbortSignal,
): Promise<ImageFile | undefined> {
  const { problems } = survey
  const reached = ofKind(survey, 'datastore').filter(({ hosts }) => place.hosts.some((host) => hosts.includes(host)))
  const places = placesOf(survey.rows).filter(({ id }) => reached.some((store) => store.id === id))
  const missing = { path: 'source.image', kind: 'image', reference: wanted } as const
  const id = 'id' in wanted ? wanted.id : await findByName(platform, survey, wanted, { reached, places }, signal)
  if (id === undefined) return undefined
  const file = await fileOf(platform, id, signal)
  if (file === undefined) {
    problems.missing(missing, " - ids of images are a datastore's with a path that ends in .iso, or of an ISO item")
    return undefined
  }
  const home = places.find((each) => each.id === file.datastore)
  if (home === undefined) {
    problems.missing(missing, ` - its datastore ${file.datastore} is not reachable from the place of the VM`)
    return undefined
  }
  const { name } = home
  const image = { place: { id: home.id, name }, path: file.path, inLibrary: readItemId(id) !== undefined }
  if (await isThere(platform, image, signal)) return image
  problems.missing(missing, ' - there is no such file')
  return undefined
}

/** NOT_FOUND where the file went after the plan: the platform would make the VM all the same, with a drive that holds nothing. */
export async function assertThere(platform: Platform, image: ImageFile, signal: AbortSignal): Promise<void> {
  if (await isThere(platform, image, signal)) return
  const { id } = imageOf(image.place, image.path, undefined)
  throw new HypervisorError('NOT_FOUND', `the image ${id} was removed meanwhile: choose another`, {
    details: { missing: [{ path: 'source.image', kind: 'image', reference: { id } }] },
  })
}

async function isThere(
  platform: Platform,
  { place, path, inLibrary }: ImageFile,
  signal: AbortSignal,
): Promise<boolean> {
  return inLibrary || (await hasFile(platform, place, path, signal))
}

async function fileOf(platform: Platform, id: string, signal: AbortSignal) {
  const itemId = readItemId(id)
  if (itemId === undefined) {
    const file = readImageId(id)
    return file !== undefined && isImagePath(file.path) ? file : undefined
  }
  const item = await platform.library.get(itemId)
  return item?.type === 'iso' ? fileOfItem(platform, item, signal) : undefined
}

interface Reach {
  readonly reached: readonly ResourceOf<'datastore'>[]
  readonly places: readonly DatastorePlace[]
}

async function findByName(
  platform: Platform,
  survey: Survey,
  wanted: Extract<Reference, { readonly name: string }>,
  { reached, places }: Reach,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Where `within` names a datastore, it alone is searched.
  const { within } = wanted
  const isNamed = ({ id, name }: ResourceOf<'datastore'>) => id === within || name === within
  const named = reached.filter(isNamed).map(({ id }) => id)
  if (named.length === 0 && ofKind(survey, 'datastore').some(isNamed)) {
    const why = ` - the datastore '${within}' is not reachable from the place of the VM`
    survey.problems.missing({ ...missingImage, reference: wanted }, why)
    return undefined
  }
  const searched = named.length === 0 ? places : places.filter(({ id }) => named.includes(id))
  const { images, problems: unsearched } = await gatherImages(platform, searched, signal)
  const candidates = images.map(({ id, name, datastore }) => {
    const above = reached.find((store) => store.id === datastore)?.within ?? []
    return { id, name, within: [datastore, ...above] }
  })
  const target = { path: 'source.image', kind: 'image', containers: survey.resources } as const
  if (unsearched.length === 0 || candidates.some(({ name }) => name === wanted.name)) {
    return resolveReference(wanted, candidates, target, survey.problems)?.id
  }
  const sources = unsearched.map(({ source }) => source).join(', ')
  survey.problems.missing({ ...missingImage, reference: wanted }, ` - not searched, as it failed: ${sources}`)
  return undefined
}

const missingImage = { path: 'source.image', kind: 'image' } as const
