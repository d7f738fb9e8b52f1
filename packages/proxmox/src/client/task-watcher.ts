import { ProxmoxError } from './error.js'
import type { TaskObserver } from './task-observer.js'
import type { TaskState } from './task-state.js'

export interface PollInterval {
  /** Default 500: for tasks that have just started. */
  readonly minMs?: number
  /** Default 5000: for tasks that have been running for twenty seconds and more. */
  readonly maxMs?: number
}

export interface TaskWatcher {
  /** Tells the listener the task's state at every look until the returned function is called. */
  watch(node: string, upid: string, listener: (state: TaskState) => void): () => void
  /** Tells all listeners that there will be no more looks. */
  close(): void
}

interface NodeWatch {
  readonly listeners: Map<string, Set<(state: TaskState) => void>>
  timer: ReturnType<typeof setTimeout> | undefined
  /** When the youngest task began to be watched. */
  since: number
  looking: boolean
}

/**
 * Watches any number of tasks with one look a node and interval. The interval is a quarter of the time that the youngest
 * task has been watched, within its bounds.
 */
export function createTaskWatcher(observe: TaskObserver, interval: PollInterval = {}): TaskWatcher {
  const minMs = interval.minMs ?? 500
  const maxMs = Math.max(minMs, interval.maxMs ?? 5000)
  const nodes = new Map<string, NodeWatch>()
  let closed = false

  function watch(node: string, upid: string, listener: (state: TaskState) => void): () => void {
    const watched = nodes.get(node) ?? addNode(node)
    const listeners = watched.listeners.get(upid) ?? new Set()
    if (listeners.size === 0) watched.since = performance.now()
    listeners.add(listener)
    watched.listeners.set(upid, listeners)
    if (!watched.looking) schedule(node, watched)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && watched.listeners.get(upid) === listeners) watched.listeners.delete(upid)
      if (watched.listeners.size > 0) return
      clearTimeout(watched.timer)
      if (nodes.get(node) === watched) nodes.delete(node)
    }
  }

  function addNode(node: string): NodeWatch {
    const watched: NodeWatch = { listeners: new Map(), timer: undefined, since: performance.now(), looking: false }
    nodes.set(node, watched)
    return watched
  }

  function schedule(node: string, watched: NodeWatch): void {
    clearTimeout(watched.timer)
    if (closed || watched.listeners.size === 0) return
    const waitMs = Math.min(maxMs, Math.max(minMs, (performance.now() - watched.since) / 4))
    watched.timer = setTimeout(() => void look(node, watched), waitMs)
  }

  async function look(node: string, watched: NodeWatch): Promise<void> {
    watched.looking = true
    const upids = [...watched.listeners.keys()]
    const states = await observe(node, upids).catch((error: unknown) => unreachable(upids, error))
    watched.looking = false
    for (const [upid, state] of states) {
      for (const listener of watched.listeners.get(upid) ?? []) listener(state)
    }
    schedule(node, watched)
  }

  function close(): void {
    closed = true
    const state: TaskState = { state: 'unreachable', error: closedError() }
    for (const watched of nodes.values()) {
      clearTimeout(watched.timer)
      for (const listeners of watched.listeners.values()) for (const listener of [...listeners]) listener(state)
    }
  }

  return { watch, close }
}

function unreachable(upids: readonly string[], error: unknown): ReadonlyMap<string, TaskState> {
  return new Map(upids.map((upid): [string, TaskState] => [upid, { state: 'unreachable', error }]))
}

function closedError(): ProxmoxError {
  return new ProxmoxError({
    kind: 'closed',
    message: 'the client was closed while a task was awaited; the task goes on',
    outcome: 'unknown',
    retryable: false,
  })
}
