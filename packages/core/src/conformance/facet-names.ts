import type { FacetName } from '../model/facets/facets.js'

/** Complete by its type: a facet that is missing here does not compile. */
const names: { readonly [K in FacetName]: true } = {
  snapshots: true,
  reconfigure: true,
  disks: true,
  nics: true,
  suspend: true,
  reset: true,
  clone: true,
  migrate: true,
  console: true,
  guest: true,
  tags: true,
  metrics: true,
  events: true,
  images: true,
  templates: true,
  folders: true,
}

/** Every facet that the port knows. */
export const facetNames: readonly FacetName[] = Object.keys(names) as FacetName[] // exactly the keys above
