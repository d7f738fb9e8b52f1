import type { OperationResult } from '../../client/request-types.js'
import { type ClusterFacts, readCluster } from '../cluster.js'
import { readBridges } from '../inventory.js'
import type { NetworkRow } from '../map-resources.js'
import type { Platform, ResourceRow } from '../platform.js'

export type StorageRow = OperationResult<'GET /nodes/{node}/storage'>[number]

/** What the whole endpoint looks like when a creation is planned. */
export interface EndpointFacts {
  readonly rows: readonly ResourceRow[]
  readonly cluster: ClusterFacts
}

/** What the node looks like on which the VM shall be. */
export interface NodeFacts {
  readonly node: string
  /** Storages that may hold disks, as this node sees them. */
  readonly storages: readonly StorageRow[]
  readonly bridges: readonly NetworkRow[]
}

export async function readEndpoint(platform: Platform, signal: AbortSignal): Promise<EndpointFacts> {
  const [rows, cluster] = await Promise.all([
    platform.api.request('GET /cluster/resources', {}, { signal }),
    readCluster(platform.api, signal),
  ])
  return { rows, cluster }
}

/** GET /nodes/{node}/storage for disks, and the node's networks. */
export async function readNode(platform: Platform, node: string, signal: AbortSignal): Promise<NodeFacts> {
  const [storages, bridges] = await Promise.all([
    platform.api.request('GET /nodes/{node}/storage', { node, content: 'images', enabled: true }, { signal }),
    readBridges(platform, node, signal),
  ])
  return { node, storages, bridges }
}
