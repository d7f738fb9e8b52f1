import type { CallOperation } from './call.js'
import { ProxmoxError } from './error.js'
import type { TaskLogLine } from './task-log.js'
import { readTaskLog } from './task-log.js'
import type { TaskProgress } from './task-progress.js'
import { finishedState, stateOfStatus, type TaskState } from './task-state.js'
import { waitForTask } from './task-wait.js'
import type { TaskWatcher } from './task-watcher.js'
import { parseUpid } from './upid.js'

export interface TaskResult {
  /** `OK` or `WARNINGS: <n>`. */
  readonly exitStatus: string
  readonly warnings: number
}

export interface TaskWaitOptions {
  /** Ends the wait, not the task. */
  readonly signal?: AbortSignal
  /** Ends the wait (`timeout`), not the task. No limit by default. */
  readonly timeoutMs?: number
  /** Called when the log has grown. Without it the log is not read: that costs a connection a look. */
  readonly onProgress?: (progress: TaskProgress) => void
  /** How many disks the task copies, where that is known: each counts from 0 to 100 % by itself. Default 1. */
  readonly transfers?: number
}

/** Work that a node does for a call. A call may also have been finished at once: then `upid` is null. */
export interface ProxmoxTask {
  readonly upid: string | null
  /** Node that runs the task; empty when finished at once. */
  readonly node: string
  /** Worker type, as in `qmclone`. */
  readonly type: string
  /** Epoch seconds by the node's clock; 0 when finished at once. */
  readonly startTime: number
  /**
   * Waits for the end. All waits of a client on a node share one request an interval.
   * Errors: the class of the exit text or `task-failed` (outcome `failed`); `task-lost`, `timeout`, `aborted`, `closed`,
   * `node-unreachable` (outcome `unknown`: the task may go on).
   */
  wait(options?: TaskWaitOptions): Promise<TaskResult>
  /** GET /nodes/{node}/tasks/{upid}/status */
  state(): Promise<TaskState>
  /** The whole log. GET /nodes/{node}/tasks/{upid}/log */
  log(): Promise<readonly TaskLogLine[]>
  /** Kills the worker: DELETE /nodes/{node}/tasks/{upid}. What it did so far stays, or is cleaned up by the worker. */
  stop(): Promise<void>
}

/** A handle for a task id, also one that another process started. Throws `validation` for other texts. No I/O. */
export function createTask(upid: string, call: CallOperation, watcher: TaskWatcher): ProxmoxTask {
  const { node, type, startTime } = parseUpid(upid)
  return {
    upid,
    node,
    type,
    startTime,
    wait: (options = {}) => waitForTask({ upid, node }, call, watcher, options),
    state: async () => {
      try {
        const answer = await call('GET /nodes/{node}/tasks/{upid}/status', { node, upid })
        return typeof answer === 'object' && answer !== null ? stateOfStatus({ ...answer }) : { state: 'lost' }
      } catch (error) {
        if (ProxmoxError.isInstance(error) && error.kind === 'task-lost') return { state: 'lost' }
        throw error
      }
    },
    log: () => readTaskLog(call, { node, upid }),
    stop: async () => {
      await call('DELETE /nodes/{node}/tasks/{upid}', { node, upid })
    },
  }
}

/** Stands for a call that was finished when it was answered: null, an empty text or the `OK` of an idle backup. */
export const finishedTask: ProxmoxTask = Object.freeze<ProxmoxTask>({
  upid: null,
  node: '',
  type: '',
  startTime: 0,
  wait: () => Promise.resolve({ exitStatus: 'OK', warnings: 0 }),
  state: () => Promise.resolve(finishedState('OK')),
  log: () => Promise.resolve([]),
  stop: () => Promise.resolve(),
})
