import type { Caller } from './caller.js'
import { partOfType } from './codec.js'
import type { CallLimits } from './exchange.js'
import type { ManagedObjectReference } from './reference.js'
import type { AwaitedTask, TaskWaitOptions } from './task-wait.js'
import type { TaskWatcher } from './task-watcher.js'

/** Tasks, whose code is loaded by the first of them. */
export interface LazyTasks {
  run(
    object: ManagedObjectReference,
    method: string,
    parameters?: object,
    options?: CallLimits & TaskWaitOptions,
  ): Promise<unknown>
  wait(task: ManagedObjectReference, options?: TaskWaitOptions): Promise<unknown>
  close(): void
}

export function createLazyTasks(caller: Caller): LazyTasks {
  let watcher: TaskWatcher | undefined
  let closed = false

  async function waitFor(awaited: AwaitedTask, options: TaskWaitOptions): Promise<unknown> {
    const [{ createTaskWatcher }, { waitForTask }] = await Promise.all([
      import('./task-watcher.js'),
      import('./task-wait.js'),
    ])
    watcher ??= createTaskWatcher(caller)
    if (closed) watcher.close()
    return waitForTask(caller, watcher, awaited, options)
  }

  async function run(
    object: ManagedObjectReference,
    method: string,
    parameters?: object,
    options: CallLimits & TaskWaitOptions = {},
  ): Promise<unknown> {
    const { signal } = options
    const task = await caller.call(object, method, parameters, signal === undefined ? {} : { signal })
    // By the method table: the type of the method lets no others through.
    return waitFor(
      { task: task as ManagedObjectReference, operation: method, parts: [partOfType(object.type)] },
      options,
    )
  }

  return {
    run,
    wait: (task, options = {}) =>
      waitFor({ task, operation: 'task', parts: ['virtual-machine', 'cluster-compute-resource'] }, options),
    close: () => {
      closed = true
      watcher?.close()
    },
  }
}
