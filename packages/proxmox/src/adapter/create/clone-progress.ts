import { createTaskProgressReader, type TaskProgressReader } from '../../client/task-progress.js'
import { parseUpid } from '../../client/upid.js'
import type { Platform } from '../platform.js'

interface Follower {
  readonly reader: TaskProgressReader
  lastLine: number
  fraction: number | undefined
  readAt: number
}

const mostFollowed = 1024
const pauseMs = 1000
/** Logs read a second at most, however many clones are followed. */
const mostReads = 8
const followers = new WeakMap<Platform, Map<string, Follower>>()

/**
 * How far a clone is, from the new lines of its task's log; undefined while the log shows no percentage. What was read
 * is only a memory of this process: another one reads the log from its beginning. Reading costs a connection, so it is
 * done once a second at most, seldomer the more clones run, and a failure of it is no reason to fail.
 */
export async function readProgress(
  platform: Platform,
  upid: string,
  copies: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const followed = followers.get(platform) ?? new Map<string, Follower>()
  followers.set(platform, followed)
  const follower = followed.get(upid) ?? {
    reader: createTaskProgressReader({ transfers: copies }),
    lastLine: 0,
    fraction: undefined,
    readAt: Number.NEGATIVE_INFINITY,
  }
  followed.set(upid, follower)
  if (followed.size > mostFollowed) followed.delete(followed.keys().next().value ?? upid)
  if (performance.now() - follower.readAt < pauseMs * Math.max(1, followed.size / mostReads)) return follower.fraction
  follower.readAt = performance.now()
  try {
    const rows = await platform.api.request(
      'GET /nodes/{node}/tasks/{upid}/log',
      { node: parseUpid(upid).node, upid, start: follower.lastLine, limit: 0 },
      { signal },
    )
    const fresh = rows.filter(({ n, t }) => n > follower.lastLine && t !== 'no content')
    follower.lastLine = fresh.at(-1)?.n ?? follower.lastLine
    follower.fraction = follower.reader.read(fresh.map(({ t }) => t)).fraction
  } catch {
    return follower.fraction
  }
  return follower.fraction
}

/** The task has ended: nobody asks for it again. */
export function forgetProgress(platform: Platform, upid: string): void {
  followers.get(platform)?.delete(upid)
}
