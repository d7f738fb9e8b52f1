import type { CallOperation, RequestOptions } from './call.js'

export interface TaskLogLine {
  /** Number, from 1. */
  readonly n: number
  readonly text: string
}

/**
 * Lines of a task's log after the first `after`. GET /nodes/{node}/tasks/{upid}/log, limit 0 (all); the placeholder that
 * stands for an empty log is left out.
 */
export async function readTaskLog(
  call: CallOperation,
  task: { readonly node: string; readonly upid: string },
  after = 0,
  options?: RequestOptions,
): Promise<readonly TaskLogLine[]> {
  const { node, upid } = task
  const rows = await call('GET /nodes/{node}/tasks/{upid}/log', { node, upid, start: after, limit: 0 }, options)
  if (!Array.isArray(rows)) return []
  return rows.map(lineOf).filter((line): line is TaskLogLine => line !== undefined && line.n > after)
}

function lineOf(row: unknown): TaskLogLine | undefined {
  if (typeof row !== 'object' || row === null || !('n' in row) || !('t' in row)) return undefined
  const { n, t } = row
  if (typeof t !== 'string' || (n === 1 && t === 'no content')) return undefined
  return { n: Number(n), text: t }
}
