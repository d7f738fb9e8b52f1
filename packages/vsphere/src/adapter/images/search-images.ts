import type { Image } from '@dcm/core'
import { reference } from '../../client/reference.js'
import type { Platform } from '../platform.js'
import { type DatastorePlace, imageOf, nativePath } from './datastore-image.js'

/** Installation images of one datastore, in all its directories: one task (`SearchDatastoreSubFolders_Task`). */
export async function searchImages(platform: Platform, place: DatastorePlace, signal: AbortSignal): Promise<Image[]> {
  const { browser } = await platform.api.read(reference('Datastore', place.id), 'Datastore', ['browser'], { signal })
  const found = await platform.api.run(
    browser,
    'SearchDatastoreSubFolders_Task',
    {
      datastorePath: nativePath(place, ''),
      searchSpec: {
        query: [{ _type: 'IsoImageFileQuery' }],
        details: { fileType: true, fileSize: true, modification: false, fileOwner: false },
        searchCaseInsensitive: true,
        matchPattern: ['*.iso'],
      },
    },
    { signal },
  )
  return (found ?? []).flatMap(({ folderPath = '', file }) => {
    const directory = folderPath
      .replace(/^\[.*?\] ?/, '')
      .split('/')
      .filter((part) => part !== '')
    return (file ?? []).map((each) => {
      const { path, fileSize } = each._type === '$unknown' ? each.base : each
      return imageOf(place, [...directory, path].join('/'), fileSize)
    })
  })
}
