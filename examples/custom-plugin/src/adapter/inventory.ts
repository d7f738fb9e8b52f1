import type { Listing, Resource, ResourceKind, ResourceOf } from '@dcm/core'
import type { Appliance } from './appliance.js'
import { mapResources } from './map-resources.js'

/** All resources of these kinds. One call, whatever their number. */
export async function listResources<K extends ResourceKind>(
  appliance: Appliance,
  kinds: ReadonlySet<K>,
  signal: AbortSignal,
): Promise<Listing<ResourceOf<K>>> {
  const wanted = (resource: Resource): resource is ResourceOf<K> => (kinds as ReadonlySet<string>).has(resource.kind)
  return observed(mapResources(await appliance.inventory(signal)).filter(wanted))
}

/** A list without gaps: the one host of an appliance cannot be dead while the appliance answers. */
export function observed<T>(items: readonly T[]): Listing<T> {
  return { items, problems: [], complete: true, observedAt: new Date().toISOString(), source: 'live' }
}
