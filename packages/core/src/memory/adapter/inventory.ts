import type { AdapterContext } from '../../adapter.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { Listing, ListProblem } from '../../model/page.js'
import type { ResourceKind } from '../../model/references.js'
import type { Resource, ResourceOf } from '../../model/resources.js'
import type { Connection } from './connection.js'
import { mapResources } from './map-resources.js'

/** All resources of these kinds. One native call. */
export async function listResources<K extends ResourceKind>(
  connection: Connection,
  site: string,
  kinds: ReadonlySet<K>,
  { signal }: AdapterContext,
): Promise<Listing<ResourceOf<K>>> {
  const inventory = await connection.call('inventory', {}, signal)
  const wanted = (resource: Resource): resource is ResourceOf<K> => (kinds as ReadonlySet<string>).has(resource.kind)
  return listing(mapResources(inventory, site).filter(wanted), inventory.silent, connection.endpoint)
}

/** What was seen, and which hosts said nothing. */
export function listing<T>(items: readonly T[], silent: readonly string[], endpoint: string): Listing<T> {
  return {
    items,
    problems: silent.map((host) => silence(host, endpoint)),
    complete: silent.length === 0,
    observedAt: new Date().toISOString(),
    source: 'live',
  }
}

function silence(host: string, endpoint: string): ListProblem {
  const message = `host '${host}' does not answer; what lies on it is missing from this list`
  return { source: host, error: new HypervisorError('UNAVAILABLE', message, { endpoint, details: { host } }).toJSON() }
}
