import { createHash } from 'node:crypto'
import { type Datastore, type Host, type Network, type Reference, resolveReference } from '@dcm/core'
import {
  datastoreId,
  mapCluster,
  mapDatacenter,
  mapDatastores,
  mapHosts,
  mapNetworks,
  mapTemplates,
  surroundingsOf,
} from '../map-resources.js'
import type { ResourceRow } from '../platform.js'
import type { Checks } from './checks.js'
import type { EndpointFacts, NodeFacts, StorageRow } from './facts.js'
import type { SealedSpec } from './state.js'

/** The endpoint's things, as references may name them. */
export interface Named {
  readonly hosts: readonly Host[]
  readonly datastores: readonly Datastore[]
  readonly containers: readonly { readonly id: string; readonly name: string; readonly within: readonly string[] }[]
}

export function nameThings(facts: EndpointFacts): Named {
  const around = surroundingsOf(facts.cluster)
  const hosts = mapHosts(facts.rows, around)
  return {
    hosts,
    datastores: mapDatastores(facts.rows, around),
    containers: [...hosts, mapCluster(facts.cluster), mapDatacenter(facts.cluster)],
  }
}

/** The template's row. Rows of new or silent templates may lack their name: then only the id finds them. */
export function findTemplate(
  facts: EndpointFacts,
  named: Named,
  reference: Reference,
  checks: Checks,
): ResourceRow | undefined {
  const templates = mapTemplates(facts.rows, surroundingsOf(facts.cluster))
  if ('id' in reference) {
    // Its `template` mark may not be broadcast yet: the configuration decides.
    const row = facts.rows.find(({ type, vmid }) => type === 'qemu' && String(vmid) === reference.id)
    if (row !== undefined && row.template !== false) return row
  }
  const target = { path: 'source.template', kind: 'template', containers: named.containers } as const
  const found = resolveReference(reference, templates, target, checks.problems)
  return found && facts.rows.find(({ type, vmid }) => type === 'qemu' && String(vmid) === found.id)
}

/** The host that the placement names; its cluster and datacenter must be the ones there are. */
export function findHost(spec: SealedSpec, facts: EndpointFacts, named: Named, checks: Checks): Host | undefined {
  const { datacenter, cluster, host } = spec.placement ?? {}
  const { problems } = checks
  if (datacenter) {
    const target = { path: 'placement.datacenter', kind: 'datacenter' } as const
    resolveReference(datacenter, [mapDatacenter(facts.cluster)], target, problems)
  }
  if (cluster) {
    const target = { path: 'placement.cluster', kind: 'cluster' } as const
    resolveReference(cluster, [mapCluster(facts.cluster)], target, problems)
  }
  if (!host) return undefined
  const target = { path: 'placement.host', kind: 'host', containers: named.containers } as const
  const found = resolveReference(host, named.hosts, target, problems)
  if (found) requireUp(found.id, facts.rows, checks)
  return found
}

export function requireUp(node: string, rows: readonly ResourceRow[], checks: Checks): boolean {
  const row = rows.find((candidate) => candidate.type === 'node' && candidate.node === node)
  if (row?.status !== 'offline') return true
  checks.silent(node, `node '${node}' is offline: start it, or place the VM elsewhere`)
  return false
}

/**
 * The node for a blank VM whose placement names none: one that is up, has the memory, and reaches the datastore. The same
 * key always chooses the same among the same nodes.
 */
export function chooseNode(
  spec: SealedSpec,
  named: Named,
  datastore: Datastore | undefined,
  key: string,
): string | undefined {
  const fits = (host: Host): boolean =>
    host.status !== 'down' &&
    host.status !== 'maintenance' &&
    (host.memoryBytes === undefined || host.memoryBytes >= (spec.memoryBytes ?? 0)) &&
    (datastore === undefined || datastore.hosts.includes(host.id))
  const weight = (host: Host): string => createHash('sha256').update(`${key}/${host.id}`).digest('hex')
  const up = named.hosts.filter((host) => host.status !== 'down')
  const candidates = named.hosts.filter(fits)
  const pool = candidates.length > 0 ? candidates : up
  return [...pool].sort((one, other) => (weight(one) < weight(other) ? -1 : 1))[0]?.id
}

/** A datastore by reference, narrowed to what the node reaches: a name that every node has means the node's own. */
export function findDatastore(
  reference: Reference,
  path: string,
  named: Named,
  node: string | undefined,
  checks: Checks,
): Datastore | undefined {
  const disks = named.datastores.filter(({ content }) => content.includes('disks'))
  const here = node === undefined ? disks : disks.filter(({ hosts }) => hosts.includes(node))
  const elsewhere = !('id' in reference) || here.some(({ id }) => id === reference.id) ? here : disks
  const target = { path, kind: 'datastore', containers: named.containers } as const
  const found = resolveReference(reference, elsewhere, target, checks.problems)
  if (found === undefined || node === undefined || found.hosts.includes(node)) return found
  checks.problems.invalid(path, `is on ${found.hosts.join(', ')} only, and the VM shall be on ${node}`)
  return undefined
}

/** The node's own look at a storage; a problem when it is not usable there. */
export function requireStorage(
  facts: NodeFacts,
  storage: string,
  path: string,
  checks: Checks,
): StorageRow | undefined {
  const row = facts.storages.find((candidate) => candidate.storage === storage)
  if (row === undefined) {
    checks.problems.missing(
      { path, kind: 'datastore', reference: { id: datastoreId(storage, facts.node, false) } },
      ` - node ${facts.node} has no enabled storage '${storage}' for disks`,
    )
  } else if (row.active === false) {
    checks.silent(facts.node, `storage '${storage}' is not active on node '${facts.node}'`)
  }
  return row
}

/** The bridges that the interfaces of the specification shall be on, by name. */
export function findBridges(spec: SealedSpec, facts: NodeFacts, named: Named, checks: Checks): readonly string[] {
  const around = { cluster: '', datacenter: '' }
  const networks: readonly Network[] = mapNetworks(new Map([[facts.node, facts.bridges]]), around).map((network) => ({
    ...network,
    within: [facts.node, ...(named.hosts.find(({ id }) => id === facts.node)?.within ?? [])],
  }))
  return (spec.nics ?? []).map(({ network }, index) => {
    const target = { path: `nics[${index}].network`, kind: 'network', containers: named.containers } as const
    return resolveReference(network, networks, target, checks.problems)?.id ?? ''
  })
}
