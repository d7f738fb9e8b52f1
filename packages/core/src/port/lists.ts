import { containerKinds, filterResources } from '../inventory/filter-resources.js'
import { filterVms } from '../inventory/filter-vms.js'
import type { Pager } from '../inventory/pager.js'
import type { Listing, Page, ResourceQuery } from '../model/page.js'
import type { Reference, ResourceKind } from '../model/references.js'
import type { Resource, ResourceOf } from '../model/resources.js'
import type { AnyPlugin } from '../plugin.js'
import type { CallOptions, HypervisorPort, ResourceOverview } from '../port.js'
import type { Result } from '../result.js'
import { checkQuery } from './check-input.js'
import type { PortBase } from './parts.js'

type Lists = Pick<
  HypervisorPort,
  | 'listResources'
  | 'listDatacenters'
  | 'listClusters'
  | 'listHosts'
  | 'listDatastores'
  | 'listNetworks'
  | 'listResourcePools'
  | 'listTemplates'
  | 'listVms'
>

const allKinds: ReadonlySet<ResourceKind> = new Set([
  'datacenter',
  'cluster',
  'host',
  'datastore',
  'network',
  'resource-pool',
  'template',
])

/** The methods that list. Filters and pages are made here, from one observation of the adapter. */
export function createLists<P extends AnyPlugin>(base: PortBase<P>, pager: Pager): Lists {
  const { adapter, call, limiter } = base

  async function observe(
    kinds: ReadonlySet<ResourceKind>,
    within: Reference | undefined,
    signal: AbortSignal,
  ): Promise<Listing<Resource>> {
    const read = within === undefined ? kinds : new Set([...kinds, ...containerKinds])
    const listing = await limiter.run('reads', () => adapter.listResources(read, { signal }), signal)
    const items = filterResources(listing.items, kinds, within)
    return items === listing.items ? listing : { ...listing, items }
  }

  function listOf<K extends ResourceKind>(
    method: string,
    kind: K,
  ): (query?: ResourceQuery, options?: CallOptions) => Promise<Result<Page<ResourceOf<K>>>> {
    return (query = {}, options) =>
      call(method, options, (signal) => {
        checkQuery(query, ['within', 'pageSize', 'pageToken'])
        const { within } = query
        // Only resources of this kind are left by the filter.
        const load = () => observe(new Set([kind]), within, signal) as Promise<Listing<ResourceOf<K>>>
        return pager.page(keyOf(method, { within }), query, load)
      })
  }

  return {
    listResources: (query = {}, options) =>
      call('listResources', options, async (signal) => {
        checkQuery(query, ['within'])
        return overviewOf(await observe(allKinds, query.within, signal))
      }),
    listDatacenters: listOf('listDatacenters', 'datacenter'),
    listClusters: listOf('listClusters', 'cluster'),
    listHosts: listOf('listHosts', 'host'),
    listDatastores: listOf('listDatastores', 'datastore'),
    listNetworks: listOf('listNetworks', 'network'),
    listResourcePools: listOf('listResourcePools', 'resource-pool'),
    listTemplates: listOf('listTemplates', 'template'),
    listVms: (query = {}, options) =>
      call('listVms', options, (signal) => {
        checkQuery(query, ['within', 'name', 'powerState', 'tags', 'pageSize', 'pageToken'])
        const { within, name, powerState, tags } = query
        const narrowed = within === undefined ? {} : { within }
        return pager.page(keyOf('listVms', { within, name, powerState, tags }), query, async () => {
          const listing = await limiter.run('reads', () => adapter.listVms(narrowed, { signal }), signal)
          const items = filterVms(listing.items, query)
          return items === listing.items ? listing : { ...listing, items }
        })
      }),
  }
}

/** Names a list and its filters, for page tokens. */
function keyOf(method: string, filters: object): string {
  return method + JSON.stringify(filters)
}

function overviewOf({ items, problems, complete, observedAt }: Listing<Resource>): ResourceOverview {
  const ofKind = <K extends ResourceKind>(kind: K): readonly ResourceOf<K>[] =>
    items.filter((item): item is ResourceOf<K> => item.kind === kind)
  return {
    datacenters: ofKind('datacenter'),
    clusters: ofKind('cluster'),
    hosts: ofKind('host'),
    datastores: ofKind('datastore'),
    networks: ofKind('network'),
    resourcePools: ofKind('resource-pool'),
    templates: ofKind('template'),
    problems,
    complete,
    observedAt,
  }
}
