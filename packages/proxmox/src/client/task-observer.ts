import type { CallOperation } from './call.js'
import { ProxmoxError } from './error.js'
import { stateOfRow, stateOfStatus, type TaskState } from './task-state.js'
import { parseUpid } from './upid.js'

/** Looks once at tasks of one node. */
export type TaskObserver = (node: string, upids: readonly string[]) => Promise<ReadonlyMap<string, TaskState>>

const listLimit = 500

/**
 * One GET /nodes/{node}/tasks for all tasks: it is not protected, so the connection stays open. Tasks that the list does
 * not show (a token without Sys.Audit does not see its own, or there are too many) are asked for one by one, from then
 * on without the list.
 */
export function createTaskObserver(call: CallOperation): TaskObserver {
  const unlisted = new Set<string>()

  return async (node, upids) => {
    const states = new Map<string, TaskState>()
    const listed = upids.filter((upid) => !unlisted.has(upid))
    if (listed.length > 0) {
      const rows = await list(node, listed)
      for (const upid of listed) {
        const row = rows.get(upid)
        if (row === undefined) unlisted.add(upid)
        else states.set(upid, stateOfRow(row))
      }
    }
    const others = upids.filter((upid) => !states.has(upid))
    await Promise.all(others.map(async (upid) => states.set(upid, await ask(node, upid))))
    for (const upid of others) if (states.get(upid)?.state !== 'running') unlisted.delete(upid)
    return states
  }

  async function list(node: string, upids: readonly string[]): Promise<Map<string, Record<string, unknown>>> {
    const tasks = upids.map(parseUpid)
    const only = tasks.length === 1 ? tasks[0] : undefined
    const answer = await call('GET /nodes/{node}/tasks', {
      node,
      source: 'all',
      limit: listLimit,
      since: Math.min(...tasks.map((task) => task.startTime)),
      ...(only !== undefined && /^[1-9]\d{2,8}$/.test(only.id) ? { vmid: Number(only.id) } : {}),
    })
    const rows = new Map<string, Record<string, unknown>>()
    for (const row of Array.isArray(answer) ? answer : []) {
      if (typeof row === 'object' && row !== null && typeof row.upid === 'string') rows.set(row.upid, row)
    }
    return rows
  }

  async function ask(node: string, upid: string): Promise<TaskState> {
    try {
      const answer = await call('GET /nodes/{node}/tasks/{upid}/status', { node, upid })
      return typeof answer === 'object' && answer !== null ? stateOfStatus({ ...answer }) : { state: 'lost' }
    } catch (error) {
      if (ProxmoxError.isInstance(error) && error.kind === 'task-lost') return { state: 'lost' }
      return { state: 'unreachable', error }
    }
  }
}
