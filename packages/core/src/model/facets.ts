/** Optional abilities of a platform. What an endpoint really has stands in its capabilities. */
export type FacetName =
  | 'snapshots'
  | 'reconfigure'
  | 'disks'
  | 'nics'
  | 'suspend'
  | 'reset'
  | 'clone'
  | 'migrate'
  | 'console'
  | 'guest'
  | 'tags'
  | 'metrics'
  | 'events'
  | 'images'
  | 'templates'
  | 'folders'

/** The methods of each facet. A facet gets its entry when the first plugin offers it. */
// biome-ignore lint/suspicious/noEmptyInterface: facets are added here one by one
export interface FacetTypes {}

/** The methods of one facet. */
export type FacetOf<K extends FacetName> = K extends keyof FacetTypes ? FacetTypes[K] : never
