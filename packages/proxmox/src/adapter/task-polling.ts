import { ProxmoxError } from '../client/error.js'
import type { TaskState } from '../client/task-state.js'
import type { ProxmoxApi } from './platform.js'

/** Looks at tasks, many at once. */
export interface TaskPolling {
  /** The task's state. Everybody who asks in the same turn of the event loop shares one request a node. */
  look(upid: string, signal: AbortSignal): Promise<TaskState>
}

interface Waiting {
  readonly resolve: (state: TaskState) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects the tasks asked for in one turn and looks at all of them with `taskStates`: one
 * GET /nodes/{node}/tasks?source=all for each node. A caller that gives up does not disturb the others.
 */
export function createTaskPolling(api: Pick<ProxmoxApi, 'taskStates'>): TaskPolling {
  let waiting = new Map<string, Waiting[]>()

  async function flush(): Promise<void> {
    const round = waiting
    waiting = new Map()
    try {
      const states = await api.taskStates([...round.keys()])
      for (const [upid, waiters] of round) {
        const state = states.get(upid) ?? { state: 'lost' }
        for (const { resolve } of waiters) resolve(state)
      }
    } catch (error) {
      for (const waiters of round.values()) for (const { reject } of waiters) reject(error)
    }
  }

  return {
    look(upid, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(givenUp(signal))
          return
        }
        const abort = (): void => reject(givenUp(signal))
        signal.addEventListener('abort', abort, { once: true })
        const settled = (): void => signal.removeEventListener('abort', abort)
        if (waiting.size === 0) setImmediate(() => void flush())
        const waiters = waiting.get(upid) ?? []
        waiting.set(upid, waiters)
        waiters.push({
          resolve: (state) => {
            settled()
            resolve(state)
          },
          reject: (error) => {
            settled()
            reject(error)
          },
        })
      })
    },
  }
}

function givenUp(signal: AbortSignal): ProxmoxError {
  return new ProxmoxError({
    kind: 'aborted',
    message: 'looking at a task was aborted by the caller; the task goes on',
    outcome: 'unknown',
    retryable: false,
    cause: signal.reason,
  })
}
