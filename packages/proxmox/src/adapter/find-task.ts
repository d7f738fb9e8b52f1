import type { ProxmoxApi } from './platform.js'

export interface TaskQuery {
  readonly node: string
  /** Vmid in the task's id: of a clone, the source's. */
  readonly vmid: number
  readonly types: readonly string[]
  /** Epoch milliseconds, our clock; the window begins ten minutes earlier, since clocks differ. */
  readonly sinceMs: number
}

export interface FoundTask {
  readonly upid: string
  readonly running: boolean
  readonly type: string
  /** Exit status, when it has ended. */
  readonly status?: string
}

const marginSeconds = 600

/** Tasks of a VM on a node, youngest first. A token without Sys.Audit may see none: absence proves nothing then. */
export async function findTasks(
  api: Pick<ProxmoxApi, 'request'>,
  query: TaskQuery,
  signal: AbortSignal,
): Promise<readonly FoundTask[]> {
  const since = Math.max(0, Math.floor(query.sinceMs / 1000) - marginSeconds)
  const rows = await api.request(
    'GET /nodes/{node}/tasks',
    { node: query.node, source: 'all', vmid: query.vmid, since, limit: 100 },
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
