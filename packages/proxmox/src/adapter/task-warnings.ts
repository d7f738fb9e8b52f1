import { parseUpid } from '../client/upid.js'
import type { ProxmoxApi } from './platform.js'

const mostLines = 5

/** The lines of a task's log that say what went less well, or how many there are when the log cannot be read. */
export async function readWarnings(
  api: Pick<ProxmoxApi, 'request'>,
  upid: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const fallback = [`the task ended with ${count} warning(s): see its log (${upid})`]
  try {
    const rows = await api.request(
      'GET /nodes/{node}/tasks/{upid}/log',
      { node: parseUpid(upid).node, upid, limit: 0 },
      { signal },
    )
    const lines = rows.map(({ t }) => t).filter((text) => /^WARN|could not|check manually/i.test(text))
    const told = lines.filter((text) => !text.startsWith('TASK WARNINGS')).slice(0, mostLines)
    return told.length === 0 ? fallback : told
  } catch {
    return fallback
  }
}
