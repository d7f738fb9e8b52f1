import { NativeRefusal } from './native-error.js'
import type { NativeTask, NativeVm } from './native-types.js'
import { nextId, type Site, siteTime, type WorkingTask } from './site.js'

/** Begins long work; a VM that it is about is locked until it ends. */
export function beginTask(
  site: Site,
  work: {
    readonly call: string
    readonly vm?: NativeVm
    readonly ms: number
    /** Why changes of the VM are refused meanwhile; absent: they are not. */
    readonly lock?: string
    readonly finish: () => void
    readonly abandon?: () => void
  },
): { readonly task: string } {
  const { call, vm, ms, lock, finish, abandon } = work
  const startedAt = site.clock.now()
  const id = nextId(site, 'task')
  const release = (): void => {
    if (vm?.task === id) delete vm.task
    if (vm && lock !== undefined && vm.lock === lock) delete vm.lock
  }
  const task: WorkingTask = {
    id,
    call,
    ...(vm && { vm: vm.id }),
    state: 'running',
    startedAt,
    endsAt: startedAt + ms,
    fraction: 0,
    warnings: [],
    finish() {
      release()
      finish()
    },
    ...(abandon && {
      abandon() {
        release()
        abandon()
      },
    }),
  }
  site.tasks.set(id, task)
  if (vm) {
    vm.task = id
    if (lock !== undefined) vm.lock = lock
  }
  return { task: id }
}

/** Ends every task whose time has come, in the order of their ends, and forgets those that ended long ago. */
export function settleTasks(site: Site): void {
  const now = site.clock.now()
  const due = [...site.tasks.values()]
    .filter((task) => task.state === 'running' && task.endsAt <= now)
    .sort((a, b) => a.endsAt - b.endsAt)
  for (const task of due) end(task)
  for (const task of site.tasks.values()) {
    if (task.state !== 'running' && task.endsAt + site.timings.rememberTasksMs < now) site.tasks.delete(task.id)
  }
}

function end(task: WorkingTask): void {
  if (task.code !== undefined) {
    // It was told to fail.
    task.state = 'failed'
    ;(task.abandon ?? task.finish)()
    return
  }
  try {
    task.finish()
    task.state = 'done'
  } catch (reason) {
    if (!(reason instanceof NativeRefusal)) throw reason
    task.state = 'failed'
    task.code = reason.code
    task.text = reason.message
    task.abandon?.()
  }
}

/** Stops a task; false when it cannot be stopped or has ended. */
export function stopTask(site: Site, id: string): boolean {
  const task = site.tasks.get(id)
  if (task?.state !== 'running' || !task.abandon) return false
  task.state = 'stopped'
  task.endsAt = site.clock.now()
  task.text = 'stopped by request'
  task.abandon()
  return true
}

/** A task as the platform shows it. */
export function showTask(site: Site, task: WorkingTask): NativeTask {
  const { finish: _finish, abandon: _abandon, ...shown } = task
  const running = task.state === 'running'
  const length = Math.max(1, task.endsAt - task.startedAt)
  const fraction = running ? Math.min(0.99, (site.clock.now() - task.startedAt) / length) : 1
  return {
    ...shown,
    fraction: Math.round(fraction * 100) / 100,
    startedAt: task.startedAt + site.skewMs,
    endsAt: running ? siteTime(site) : task.endsAt + site.skewMs,
  }
}
