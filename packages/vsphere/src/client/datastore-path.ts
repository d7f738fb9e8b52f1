/** A file of a datastore. */
export interface DatastoreFile {
  /**
   * Path of the datacenter in the inventory, from the root folder on: `DC0`, or `folder/DC0`. On a bare host `ha-datacenter`.
   * Segments are names as the platform stores them (`%2f` for a slash).
   */
  readonly datacenter: string
  /** Name of the datastore. */
  readonly datastore: string
  /** Below the datastore's root: `iso/debian.iso`. */
  readonly path: string
}

/** Where `download`, `open` and `upload` reach a file of a datastore. */
export function datastoreUrl({ datacenter, datastore, path }: DatastoreFile): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const query = `dcPath=${encodeURIComponent(datacenter)}&dsName=${encodeURIComponent(datastore)}`
  return `https://*/folder/${segments.map(encodeURIComponent).join('/')}?${query}`
}

/** `[datastore] path`, as methods such as `DeleteDatastoreFile_Task` and `SearchDatastore_Task` want it. */
export function datastorePath({ datastore, path }: Pick<DatastoreFile, 'datastore' | 'path'>): string {
  return `[${datastore}] ${path}`
}
