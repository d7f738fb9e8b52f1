import type { AdapterFacetOf, ConnectContext } from '@dcm/core'
import type { Platform } from '../platform.js'
import { cloneFacet } from './clone.js'
import { consoleFacet } from './console.js'
import { disksFacet } from './disks.js'
import { eventsFacet } from './events.js'
import { foldersFacet } from './folders.js'
import { guestFacet } from './guest/guest.js'
import { imagesFacet } from './images.js'
import { metricsFacet } from './metrics.js'
import { migrateFacet } from './migrate.js'
import { nicsFacet } from './nics.js'
import { reconfigureFacet } from './reconfigure.js'
import { resetFacet } from './reset.js'
import { snapshotsFacet } from './snapshots.js'
import { suspendFacet } from './suspend.js'
import { tagsFacet } from './tags.js'
import { templatesFacet } from './templates.js'

/** The facets that a vCenter has. */
export const vsphereFacets = [
  'snapshots',
  'reconfigure',
  'disks',
  'nics',
  'suspend',
  'reset',
  'clone',
  'migrate',
  'console',
  'tags',
  'guest',
  'metrics',
  'events',
  'images',
  'templates',
  'folders',
] as const

export type VsphereFacet = (typeof vsphereFacets)[number]

/** What a bare host lacks of them, and why. */
export const missingOnHost: { readonly [Facet in VsphereFacet]?: string } = {
  events: 'a bare ESXi host keeps no event log that can be asked from an event on: connect its vCenter',
  clone: 'a bare ESXi host cannot clone: connect its vCenter',
  migrate: 'a bare ESXi host has no other host to move VMs to: connect its vCenter',
  tags: 'a bare ESXi host has no tags: connect its vCenter',
  templates: 'a bare ESXi host has no templates: connect its vCenter',
  folders: 'a bare ESXi host has one folder of VMs: connect its vCenter',
}

export function createFacets(
  platform: Platform,
  { secrets }: Pick<ConnectContext, 'secrets'>,
): { readonly [Facet in VsphereFacet]: AdapterFacetOf<Facet> } {
  return {
    snapshots: snapshotsFacet(platform),
    reconfigure: reconfigureFacet(platform),
    disks: disksFacet(platform),
    nics: nicsFacet(platform),
    suspend: suspendFacet(platform),
    reset: resetFacet(platform),
    clone: cloneFacet(platform),
    migrate: migrateFacet(platform),
    console: consoleFacet(platform),
    tags: tagsFacet(platform),
    guest: guestFacet(platform, secrets),
    metrics: metricsFacet(platform),
    events: eventsFacet(platform),
    images: imagesFacet(platform),
    templates: templatesFacet(platform),
    folders: foldersFacet(platform),
  }
}
