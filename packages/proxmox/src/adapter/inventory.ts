import type { Listing, ListProblem, Resource, ResourceKind, ResourceOf } from '@dcm/core'
import { ProxmoxError } from '../client/error.js'
import { readCluster } from './cluster.js'
import {
  mapCluster,
  mapDatacenter,
  mapDatastores,
  mapHosts,
  mapNetworks,
  mapPools,
  mapTemplates,
  type NetworkRow,
  nodeProblem,
  nodeProblems,
  type PoolRow,
  sharedStorages,
  surroundingsOf,
} from './map-resources.js'
import type { Platform, ResourceRow } from './platform.js'

/**
 * All resources of these kinds: one GET /cluster/resources and one GET /cluster/status for everything, GET /pools for
 * pools, and one GET /nodes/{node}/network for each node that is not offline, all at once.
 */
export async function listResources<K extends ResourceKind>(
  platform: Platform,
  kinds: ReadonlySet<K>,
  signal: AbortSignal,
): Promise<Listing<ResourceOf<K>>> {
  const wanted: ReadonlySet<ResourceKind> = kinds
  const observedAt = new Date().toISOString()
  const [rows, cluster, pools] = await Promise.all([
    platform.api.request('GET /cluster/resources', {}, { signal }),
    readCluster(platform.api, signal),
    wanted.has('resource-pool') ? platform.api.request('GET /pools', {}, { signal }) : noPools,
  ])
  platform.sharedStorages.learn(sharedStorages(rows))
  const networks = wanted.has('network') ? await readNetworks(platform, rows, signal) : noNetworks
  const around = surroundingsOf(cluster)
  const all: Resource[] = []
  if (wanted.has('datacenter')) all.push(mapDatacenter(cluster))
  if (wanted.has('cluster')) all.push(mapCluster(cluster))
  if (wanted.has('host')) all.push(...mapHosts(rows, around))
  if (wanted.has('datastore')) all.push(...mapDatastores(rows, around))
  if (wanted.has('network')) all.push(...mapNetworks(networks.byNode, around))
  if (wanted.has('resource-pool')) all.push(...mapPools(pools, around))
  if (wanted.has('template')) all.push(...mapTemplates(rows, around))
  const problems = [...nodeProblems(rows, platform.endpoint), ...networks.problems]
  return {
    // Exactly the kinds that were asked for were added.
    items: all as unknown as readonly ResourceOf<K>[],
    problems,
    complete: problems.length === 0,
    observedAt,
    source: 'cache',
  }
}

const noPools: readonly PoolRow[] = []
const noNetworks = { byNode: new Map<string, readonly NetworkRow[]>(), problems: [] as readonly ListProblem[] }

/** The bridges of every node that may answer, at once. A node that does not is a problem, not a failure. */
async function readNetworks(
  platform: Platform,
  rows: readonly ResourceRow[],
  signal: AbortSignal,
): Promise<{ byNode: ReadonlyMap<string, readonly NetworkRow[]>; problems: readonly ListProblem[] }> {
  const byNode = new Map<string, readonly NetworkRow[]>()
  const problems: ListProblem[] = []
  const nodes = rows.filter((row) => row.type === 'node' && row.status !== 'offline').map(({ node }) => node ?? '')
  const answers = await Promise.all(
    nodes.map(async (node) => {
      try {
        return await readBridges(platform, node, signal)
      } catch (error) {
        return oneNodeSilent(error)
      }
    }),
  )
  for (const [index, answer] of answers.entries()) {
    const node = nodes[index] ?? ''
    if (Array.isArray(answer)) byNode.set(node, answer)
    else
      problems.push(
        nodeProblem(node, `the networks of node '${node}' cannot be read: ${String(answer)}`, platform.endpoint),
      )
  }
  return { byNode, problems }
}

/** Bridges, also those of Open vSwitch, and from 8 on the virtual networks that the caller may use. */
export function readBridges(platform: Platform, node: string, signal: AbortSignal): Promise<NetworkRow[]> {
  return platform.api.request('GET /nodes/{node}/network', { node, type: 'any_bridge' }, { signal })
}

/** The text of a failure that is about one node; anything else is thrown on. */
function oneNodeSilent(error: unknown): string {
  if (!ProxmoxError.isInstance(error)) throw error
  if (error.kind === 'node-unreachable' || error.kind === 'timeout' || error.kind === 'permission-denied') {
    return error.message
  }
  throw error
}
