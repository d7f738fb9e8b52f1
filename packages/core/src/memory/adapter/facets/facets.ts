import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Connection } from '../connection.js'
import { cloneFacet } from './clone.js'
import { foldersFacet } from './folders.js'
import { guestFacet } from './guest.js'
import { disksFacet, nicsFacet, reconfigureFacet } from './hardware.js'
import { imagesFacet } from './images.js'
import { metricsFacet } from './metrics.js'
import { resetFacet } from './reset.js'
import { snapshotsFacet } from './snapshots.js'
import { migrateFacet, suspendFacet, tagsFacet } from './states.js'
import { templatesFacet } from './templates.js'
import { consoleFacet, eventsFacet } from './watching.js'

/** The facets that the platform has. */
export const memoryFacets = [
  'snapshots',
  'reconfigure',
  'disks',
  'nics',
  'suspend',
  'reset',
  'clone',
  'migrate',
  'console',
  'guest',
  'tags',
  'metrics',
  'events',
  'images',
  'templates',
  'folders',
] as const

export type MemoryFacet = (typeof memoryFacets)[number]

export function createFacets(connection: Connection, site: string): { readonly [K in MemoryFacet]: AdapterFacetOf<K> } {
  return {
    snapshots: snapshotsFacet(connection),
    reconfigure: reconfigureFacet(connection),
    disks: disksFacet(connection, site),
    nics: nicsFacet(connection, site),
    suspend: suspendFacet(connection),
    reset: resetFacet(connection),
    clone: cloneFacet(connection, site),
    migrate: migrateFacet(connection, site),
    console: consoleFacet(connection),
    guest: guestFacet(connection),
    tags: tagsFacet(connection),
    metrics: metricsFacet(connection),
    events: eventsFacet(connection),
    images: imagesFacet(connection, site),
    templates: templatesFacet(connection, site),
    folders: foldersFacet(connection),
  }
}
