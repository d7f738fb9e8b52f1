import type { ProxmoxApi } from './platform.js'

export interface TaskQuery {
  readonly node: string
  /** Vmid in the task's id: of a clone, the source's. */
  readonly vmid: number
  readonly types: readonly string[]
}

export interface FoundTask {
  readonly upid: string
  readonly running: boolean
  readonly type: string
  /** Exit status, when it has ended. */
  readonly status?: string
}

/**
 * The youngest task of these types that was not there yet when `known` was noted: it runs, or it has ended since. Another
 * one's task of the same type and minute is taken for ours; what it does is what was asked for.
 */
export async function findTaskSince(
  api: Pick<ProxmoxApi, 'request'>,
  query: TaskQuery,
  known: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [youngest] = await findTasks(api, query, signal)
  return youngest === undefined || youngest.upid === known ? undefined : youngest.upid
}

/**
 * Tasks of a VM on a node, youngest first, without a look at any clock: the node's may be wrong. A token without
 * Sys.Audit may see none: absence proves nothing then.
 */
export async function findTasks(
  api: Pick<ProxmoxApi, 'request'>,
  query: TaskQuery,
  signal: AbortSignal,
): Promise<readonly FoundTask[]> {
  const rows = await api.request(
    'GET /nodes/{node}/tasks',
    { node: query.node, source: 'all', vmid: query.vmid, limit: 100 },
    { signal },
  )
  return rows
    .filter(({ type }) => query.types.includes(type))
    .sort((one, other) => other.starttime - one.starttime)
    .map(({ upid, endtime, type, status }) => ({
      upid,
      type,
      running: endtime === undefined,
      ...(endtime !== undefined && status !== undefined && { status }),
    }))
}
