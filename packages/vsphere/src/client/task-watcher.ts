import type { Caller } from './caller.js'
import { VsphereError } from './error.js'
import { isForgotten, isPassing, pause } from './passing.js'
import { specOfView } from './property-reader.js'
import { type ManagedObjectReference, reference } from './reference.js'
import { destroyView } from './retrieve.js'
import type { LiveSession } from './session.js'
import { applyUpdate, type TaskState, taskPaths, unknownState } from './task-state.js'
import { openUpdateFeed, type UpdateFeed } from './update-feed.js'

/** Told of each change of a task, or that there will be no more. */
export interface TaskListener {
  update(state: TaskState): void
  fail(error: unknown): void
}

/** Watches any number of tasks with one long poll. */
export interface TaskWatcher {
  /** Tells the listener of the task until the returned function is called. */
  watch(task: ManagedObjectReference, listener: TaskListener): () => void
  /** Tells all listeners that there will be no more. */
  close(): void
}

interface Watched {
  readonly task: ManagedObjectReference
  readonly listeners: Set<TaskListener>
  state: TaskState
}

/** A view that holds the tasks, and the feed of its changes. Both live in one session. */
interface Station {
  readonly live: LiveSession
  readonly view: ManagedObjectReference
  readonly feed: UpdateFeed
}

/** A server that restarts is back within this time. */
const unreachableForMs = 60_000
const retryAfterMs = 1_000

export function createTaskWatcher(caller: Caller): TaskWatcher {
  const watched = new Map<string, Watched>()
  const added = new Set<string>()
  const removed = new Map<string, ManagedObjectReference>()
  const ending = new AbortController()
  let station: Station | undefined
  let running = false
  let flushTimer: ReturnType<typeof setTimeout> | undefined

  function watch(task: ManagedObjectReference, listener: TaskListener): () => void {
    if (ending.signal.aborted) {
      listener.fail(closedError(caller))
      return () => {}
    }
    const one = watched.get(task.value) ?? { task, listeners: new Set(), state: unknownState }
    if (!watched.has(task.value)) {
      watched.set(task.value, one)
      removed.delete(task.value)
      added.add(task.value)
    } else if (one.state.state !== undefined) listener.update(one.state)
    one.listeners.add(listener)
    if (!running) void run()
    else scheduleFlush()
    return () => {
      one.listeners.delete(listener)
      if (one.listeners.size === 0 && watched.get(task.value) === one) drop(one)
    }
  }

  function drop({ task }: Watched): void {
    watched.delete(task.value)
    if (!added.delete(task.value)) removed.set(task.value, task)
  }

  /** Tasks that begin together reach the view together. */
  function scheduleFlush(afterMs = 0): void {
    if (flushTimer !== undefined || station === undefined || added.size === 0) return
    flushTimer = setTimeout(() => {
      flushTimer = undefined
      if (station === undefined) return
      // A view that is gone is found out by the poll, which makes another one.
      flush(station).then(
        () => scheduleFlush(),
        () => scheduleFlush(retryAfterMs),
      )
    }, afterMs)
  }

  /** The session of the latest attempt to open a station. */
  let opened: LiveSession | undefined

  /** Brings the view up to date: one call, however many tasks came and went. */
  async function flush({ live, view }: Station): Promise<void> {
    const add = [...added].flatMap((value) => watched.get(value)?.task ?? [])
    const remove = [...removed.values()]
    if (add.length === 0 && remove.length === 0) return
    added.clear()
    removed.clear()
    try {
      const unresolved = (await caller.callIn(live, view, 'ModifyListView', { add, remove })) as
        | readonly ManagedObjectReference[]
        | undefined // by the method table
      for (const { value } of unresolved ?? []) lose(value)
    } catch (error) {
      for (const { value } of add) if (watched.has(value)) added.add(value)
      throw error
    }
  }

  function lose(value: string): void {
    const one = watched.get(value)
    if (one === undefined) return
    watched.delete(value)
    for (const listener of [...one.listeners]) listener.fail(lostError(caller, one.task))
  }

  async function run(): Promise<void> {
    running = true
    let failingSince: number | undefined
    while (watched.size > 0 && !ending.signal.aborted) {
      try {
        station ??= await open()
        await flush(station)
        const updates = await station.feed.next(ending.signal)
        failingSince = undefined
        for (const { objectSet } of updates?.filterSet ?? []) {
          for (const update of objectSet) {
            const one = watched.get(update.obj.value)
            if (one === undefined) continue
            if (update.kind === 'leave') {
              lose(update.obj.value)
              continue
            }
            one.state = applyUpdate(one.state, update)
            for (const listener of [...one.listeners]) listener.update(one.state)
          }
        }
      } catch (error) {
        if (ending.signal.aborted) break
        failingSince ??= performance.now()
        if (!(await recover(error)) || performance.now() - failingSince > unreachableForMs) failAll(error)
      }
    }
    running = false
  }

  async function open(): Promise<Station> {
    const live = await caller.session.current()
    opened = live
    const { viewManager = reference('ViewManager', 'ViewManager') } = live.content
    const view = (await caller.callIn(live, viewManager, 'CreateListView')) as ManagedObjectReference // by the method table
    const feed = await openUpdateFeed(caller, live, specOfView(view, 'Task', taskPaths))
    for (const value of watched.keys()) added.add(value)
    removed.clear()
    return { live, view, feed }
  }

  /** Whether another attempt makes sense. What lived in the session is made anew. */
  async function recover(error: unknown): Promise<boolean> {
    const former = station
    // The session that failed, not the one that somebody else may have opened since.
    const live = former?.live ?? opened
    if (live !== undefined && (await caller.sessionEnded(live, error).catch(() => false))) {
      station = undefined
      return renewed(live)
    }
    if (isForgotten(error)) {
      station = undefined
      if (former !== undefined) void former.feed.destroy().then(() => destroyView(caller, former.live, former.view))
      await pause(retryAfterMs, ending.signal)
      return true
    }
    if (!isPassing(error)) return false
    await pause(retryAfterMs, ending.signal)
    return true
  }

  /** A server that restarts forgets its sessions first, and lets nobody in for a while. */
  async function renewed(dead: LiveSession): Promise<boolean> {
    try {
      await caller.session.renew(dead)
    } catch (error) {
      if (!isPassing(error)) return false
      await pause(retryAfterMs, ending.signal)
    }
    return true
  }

  function failAll(error: unknown): void {
    station = undefined
    const all = [...watched.values()]
    watched.clear()
    added.clear()
    for (const { listeners } of all) for (const listener of [...listeners]) listener.fail(error)
  }

  function close(): void {
    ending.abort()
    clearTimeout(flushTimer)
    failAll(closedError(caller))
  }

  return { watch, close }
}

function lostError(caller: Caller, task: ManagedObjectReference): VsphereError {
  return new VsphereError({
    kind: 'task-lost',
    message: `the server does not know ${task.value} any more: look at the object to learn what became of it`,
    outcome: 'unknown',
    retryable: false,
    host: caller.connection.host,
    task: task.value,
  })
}

function closedError(caller: Caller): VsphereError {
  return new VsphereError({
    kind: 'closed',
    message: 'the client was closed while a task was awaited; the task goes on',
    outcome: 'unknown',
    retryable: false,
    host: caller.connection.host,
  })
}
