import {
  type Cluster,
  type Datacenter,
  type Datastore,
  type DatastoreContent,
  type Host,
  HypervisorError,
  type ListProblem,
  type Network,
  type ResourcePool,
  type Template,
} from '@dcm/core'
import type { OperationResult } from '../client/request-types.js'
import type { ClusterFacts } from './cluster.js'
import { userTags } from './map-tags.js'
import type { ResourceRow } from './platform.js'

export type NetworkRow = OperationResult<'GET /nodes/{node}/network'>[number]
export type PoolRow = OperationResult<'GET /pools'>[number]

/** Ids of what everything lies in. */
export interface Surroundings {
  readonly cluster: string
  readonly datacenter: string
}

export function surroundingsOf(facts: ClusterFacts): Surroundings {
  return { cluster: `cluster/${facts.identity}`, datacenter: `datacenter/${facts.identity}` }
}

/** The platform has no datacenters: one is made up for each endpoint. */
export function mapDatacenter(facts: ClusterFacts): Datacenter {
  return {
    kind: 'datacenter',
    id: surroundingsOf(facts).datacenter,
    name: facts.identity,
    within: [],
    synthetic: true,
  }
}

/** A node of its own is a cluster made up. */
export function mapCluster(facts: ClusterFacts): Cluster {
  const { cluster, datacenter } = surroundingsOf(facts)
  return {
    kind: 'cluster',
    id: cluster,
    name: facts.identity,
    within: [datacenter],
    ...(facts.quorate !== undefined && { quorate: facts.quorate }),
    ...(!facts.clustered && { synthetic: true as const }),
  }
}

export function mapHosts(rows: readonly ResourceRow[], around: Surroundings): readonly Host[] {
  const hosts: Host[] = []
  for (const row of rows) {
    if (row.type !== 'node' || row.node === undefined) continue
    hosts.push({
      kind: 'host',
      id: row.node,
      name: row.node,
      within: [around.cluster, around.datacenter],
      status: hostStatus(row),
      ...(row.maxcpu !== undefined && { cpus: row.maxcpu }),
      ...(row.cpu !== undefined && { cpuUsage: Math.min(1, Math.max(0, row.cpu)) }),
      ...(row.maxmem !== undefined && { memoryBytes: row.maxmem }),
      ...(row.mem !== undefined && { memoryUsedBytes: row.mem }),
      ...(row.uptime !== undefined && row.uptime > 0 && { uptimeSeconds: row.uptime }),
    })
  }
  return hosts
}

function hostStatus(row: ResourceRow): Host['status'] {
  if (row.hastate === 'maintenance') return 'maintenance'
  if (row.status === 'online') return 'up'
  return row.status === 'offline' ? 'down' : 'unknown'
}

/** A part of the endpoint that is silent: its rows are stale, its VMs not gone. */
export function nodeProblems(rows: readonly ResourceRow[], endpoint: string): readonly ListProblem[] {
  const problems: ListProblem[] = []
  for (const row of rows) {
    if (row.type !== 'node' || row.node === undefined || row.status === 'online') continue
    problems.push(
      nodeProblem(
        row.node,
        `node '${row.node}' is ${row.status ?? 'unknown'}: what is on it is shown as it was last known`,
        endpoint,
      ),
    )
  }
  return problems
}

export function nodeProblem(node: string, message: string, endpoint: string): ListProblem {
  const error = new HypervisorError('UNAVAILABLE', message, { endpoint, details: { host: node } })
  return { source: node, error: error.toJSON() }
}

const contents: Readonly<Record<string, DatastoreContent>> = {
  images: 'disks',
  iso: 'images',
  import: 'images',
  vztmpl: 'templates',
  backup: 'backups',
  snippets: 'snippets',
  rootdir: 'containers',
}

/** One row a node and storage: those of a shared storage become one datastore, a local one is one for each node. */
export function mapDatastores(rows: readonly ResourceRow[], around: Surroundings): readonly Datastore[] {
  const groups = new Map<string, ResourceRow[]>()
  for (const row of rows) {
    if (row.type !== 'storage' || row.storage === undefined || row.node === undefined) continue
    const id = datastoreId(row.storage, row.node, row.shared === true)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [row])
    else group.push(row)
  }
  return [...groups].map(([id, group]) => mapDatastore(id, group, around))
}

/** The storage's name where several nodes share it, else with its node. */
export function datastoreId(storage: string, node: string, shared: boolean): string {
  return shared ? storage : `${node}/${storage}`
}

function mapDatastore(id: string, group: readonly ResourceRow[], around: Surroundings): Datastore {
  const row = group.find(({ status }) => status === 'available') ?? group[0]
  const hosts = group.map(({ node }) => node).filter((node) => node !== undefined)
  const capacityBytes = row?.maxdisk
  return {
    kind: 'datastore',
    id,
    name: row?.storage ?? id,
    within: row?.shared === true ? [around.cluster, around.datacenter] : [...hosts, around.cluster, around.datacenter],
    type: row?.plugintype ?? 'unknown',
    accessible: row?.status === 'available',
    shared: row?.shared === true,
    content: mapContent(row?.content),
    ...(capacityBytes !== undefined && capacityBytes > 0 && { capacityBytes }),
    ...(capacityBytes !== undefined &&
      capacityBytes > 0 &&
      row?.disk !== undefined && { freeBytes: Math.max(0, capacityBytes - row.disk) }),
    hosts,
  }
}

/** Words that the port does not know are left out; they come in random order. */
export function mapContent(content: string | undefined): readonly DatastoreContent[] {
  const mapped = (content ?? '').split(',').map((word) => contents[word.trim()])
  return [...new Set(mapped.filter((word) => word !== undefined))].sort()
}

/** Names of the storages that several nodes share. */
export function sharedStorages(rows: readonly ResourceRow[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const row of rows) if (row.type === 'storage' && row.shared === true && row.storage) names.add(row.storage)
  return names
}

/** Bridges and virtual networks of one name are one network, wherever they are: a VM may move between them. */
export function mapNetworks(
  byNode: ReadonlyMap<string, readonly NetworkRow[]>,
  around: Surroundings,
): readonly Network[] {
  const networks = new Map<string, { type: string; hosts: string[] }>()
  for (const [node, rows] of byNode) {
    for (const row of rows) {
      const known = networks.get(row.iface)
      if (known === undefined) networks.set(row.iface, { type: row.type, hosts: [node] })
      else known.hosts.push(node)
    }
  }
  return [...networks].map(([id, { type, hosts }]) => ({
    kind: 'network',
    id,
    name: id,
    within: [around.cluster, around.datacenter],
    type,
    hosts,
  }))
}

export function mapPools(pools: readonly PoolRow[], around: Surroundings): readonly ResourcePool[] {
  return pools.map((pool) => ({
    kind: 'resource-pool',
    id: pool.poolid,
    name: pool.poolid,
    within: [around.cluster, around.datacenter],
    ...(pool.comment !== undefined && pool.comment !== '' && { description: pool.comment }),
  }))
}

export function mapTemplates(rows: readonly ResourceRow[], around: Surroundings): readonly Template[] {
  const templates: Template[] = []
  for (const row of rows) {
    if (row.type !== 'qemu' || row.template !== true || row.vmid === undefined) continue
    templates.push({
      kind: 'template',
      id: String(row.vmid),
      name: row.name ?? `VM ${row.vmid}`,
      within: [...(row.node === undefined ? [] : [row.node]), around.cluster, around.datacenter],
      ...(row.maxcpu !== undefined && { cpus: row.maxcpu }),
      ...(row.maxmem !== undefined && { memoryBytes: row.maxmem }),
      ...(row.maxdisk !== undefined && { diskBytes: row.maxdisk }),
      tags: userTags(row.tags),
    })
  }
  return templates
}
