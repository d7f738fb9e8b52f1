import type { Image } from '@dcm/core'
import { datastorePath, datastoreUrl } from '../../client/datastore-path.js'
import { type ManagedObjectReference, reference } from '../../client/reference.js'
import { decodeName } from '../map-names.js'
import type { InventoryRows } from '../map-resources.js'

/** Where a datastore lies, as the calls for its files name it. */
export type DatastorePlace = {
  /** `datastore-12`. */
  readonly id: string
  /** As the platform stores it. */
  readonly name: string
  readonly datacenter: string
  /** From the root folder on: `folder/DC0`. */
  readonly datacenterPath: string
}

/** The file of an image on its datastore. */
export type ImageFile = {
  readonly place: Pick<DatastorePlace, 'id' | 'name'>
  /** Below the datastore's root. */
  readonly path: string
  /** It is an item's of a content library, whose service vouches for it. */
  readonly inLibrary: boolean
}

export function placesOf(rows: InventoryRows): DatastorePlace[] {
  const folders = new Map(rows.folders.map((row) => [row.ref.value, row]))
  const datacenters = new Map(rows.datacenters.map((row) => [row.ref.value, row]))
  return rows.datastores.flatMap(({ ref, name, parent, summary }) => {
    if (name === undefined || summary?.accessible !== true) return []
    let id = parent?.value
    while (id !== undefined && folders.has(id)) id = folders.get(id)?.parent?.value
    const datacenter = id === undefined ? undefined : datacenters.get(id)
    if (datacenter === undefined) return []
    const names = [datacenter.name ?? '']
    for (let above = datacenter.parent?.value; above !== undefined; above = folders.get(above)?.parent?.value) {
      const folder = folders.get(above)
      // The root folder itself has no part in paths.
      if (folder?.parent !== undefined) names.unshift(folder.name ?? '')
    }
    return [{ id: ref.value, name, datacenter: datacenter.ref.value, datacenterPath: names.join('/') }]
  })
}

/** An image is a file: its id is the datastore's and its path, its name is the path below the datastore's root. */
export function imageOf(place: Pick<DatastorePlace, 'id'>, path: string, size: number | bigint | undefined): Image {
  return {
    id: `${place.id}/${path}`,
    name: path,
    datastore: place.id,
    ...(size !== undefined && { sizeBytes: Number(size) }),
  }
}

/** Is it a path below a datastore's root to an ISO file, in the form that the platform writes? */
export function isImagePath(path: string): boolean {
  return /^.+\.iso$/i.test(path) && !path.split('/').some((part) => ['', '.', '..'].includes(part))
}

/** Datastore and path in an id; undefined for an id of another form. */
export function readImageId(id: string): { readonly datastore: string; readonly path: string } | undefined {
  const slash = id.indexOf('/')
  return slash < 1 ? undefined : { datastore: id.slice(0, slash), path: id.slice(slash + 1) }
}

export function urlOf({ name, datacenterPath }: DatastorePlace, path: string): string {
  return datastoreUrl({ datacenter: datacenterPath, datastore: name, path })
}

/** `[datastore] path`; the name in brackets is the one that is shown. */
export function nativePath({ name }: Pick<DatastorePlace, 'name'>, path: string): string {
  return datastorePath({ datastore: decodeName(name), path })
}

export function datacenterOf({ datacenter }: DatastorePlace): ManagedObjectReference {
  return reference('Datacenter', datacenter)
}
