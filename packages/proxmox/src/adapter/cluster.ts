import { ProxmoxError } from '../client/error.js'
import type { ProxmoxApi } from './platform.js'

/** What the endpoint says of itself. */
export interface ClusterFacts {
  /** Cluster name, or the first node's where there is no cluster or we may not ask. */
  readonly identity: string
  readonly clustered: boolean
  readonly quorate?: boolean
}

/**
 * GET /cluster/status; without Sys.Audit on / the node list stands in for it, which knows no cluster name: then the
 * identity is the alphabetically first node.
 */
export async function readCluster(api: Pick<ProxmoxApi, 'request'>, signal: AbortSignal): Promise<ClusterFacts> {
  try {
    const rows = await api.request('GET /cluster/status', {}, { signal })
    const cluster = rows.find((row) => row.type === 'cluster')
    if (cluster) {
      return {
        identity: cluster.name,
        clustered: true,
        ...(cluster.quorate !== undefined && { quorate: cluster.quorate }),
      }
    }
    const node = rows.find((row) => row.type === 'node')
    if (node) return { identity: node.name, clustered: false }
  } catch (error) {
    if (!ProxmoxError.isInstance(error) || error.kind !== 'permission-denied') throw error
  }
  const nodes = await api.request('GET /nodes', {}, { signal })
  const [first] = nodes.map(({ node }) => node).sort()
  if (first !== undefined) return { identity: first, clustered: nodes.length > 1 }
  throw new ProxmoxError({
    kind: 'permission-denied',
    message: 'no node can be seen, so the endpoint cannot be told from others: Sys.Audit on / shows them',
    outcome: 'not-started',
    retryable: false,
    path: '/',
    privileges: ['Sys.Audit'],
  })
}

/** Runs once what many ask for, and again after a failure. */
export function onceUnlessFailed<T>(load: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let known: Promise<T> | undefined
  return (signal) => {
    const current =
      known ??
      load(signal).catch((error: unknown) => {
        known = undefined
        throw error
      })
    known = current
    return current
  }
}
