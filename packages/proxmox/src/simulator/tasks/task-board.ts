import { ClockStopped, type SimulatorClock } from '@dcm/wire/loopback'
import type { TaskFaults } from '../faults/task-faults.js'
import { printUpid } from './upid.js'
import { type TaskWorker, WorkerKilled } from './worker.js'

export interface Task {
  readonly upid: string
  readonly node: string
  readonly pid: number
  readonly pstart: number
  readonly starttime: number
  readonly type: string
  readonly id: string
  /** With the token, as in the task id. */
  readonly identity: string
  readonly user: string
  readonly token: string | undefined
  readonly lines: string[]
  warnings: number
  endtime: number | undefined
  exitstatus: string | undefined
  /** Ends the worker: `interrupt` lets it clean up, `kill` does not. */
  end(how: 'interrupt' | 'kill'): void
  /** Settles when the task has ended, however it did. */
  readonly finished: Promise<void>
}

export interface TaskRequest {
  readonly node: string
  readonly type: string
  readonly id: string
  readonly user: string
  readonly token: string | undefined
  readonly run: (worker: TaskWorker) => Promise<void>
}

export interface TaskBoard {
  /** Forks a worker; its work begins after the answer with the task id is on its way. */
  start(request: TaskRequest): Task
  find(upid: string): Task | undefined
  /** All tasks of a node, newest first. */
  ofNode(node: string): Task[]
  all(): Task[]
  /** Nobody finds the tasks of so far again; those that run go on. */
  forget(): void
}

export interface TaskBoardOptions {
  readonly clock: SimulatorClock
  readonly factor: () => number
  readonly faults: TaskFaults
  /** Seconds since the epoch at which a node was booted. */
  readonly bootedAt: (node: string) => number
}

/** Finished tasks that are kept; the platform rotates its archive too. */
const KEPT_TASKS = 20_000
const FIRST_PID = 0x5000

/** Failures of the platform are plain errors or its own; any other kind is a mistake of the simulator, and called one. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMeant = error.name === 'Error' || error.name === 'PlatformError'
  return (isMeant ? error.message : `the simulator itself failed: ${error.message}`).trimEnd()
}

export function createTaskBoard(options: TaskBoardOptions): TaskBoard {
  const { clock, faults } = options
  const tasks = new Map<string, Task>()
  let processes = FIRST_PID

  function start(request: TaskRequest): Task {
    processes += 1 + (processes % 7)
    const starttime = clock.seconds()
    const pstart = Math.max(1, Math.floor(clock.now() / 10) - options.bootedAt(request.node) * 100)
    const identity = request.token === undefined ? request.user : `${request.user}!${request.token}`
    const upid = printUpid({ ...request, pid: processes, pstart, starttime, user: identity })
    let end: Task['end'] = () => {}
    const ended = new Promise<never>((_, reject) => {
      end = (how) => reject(how === 'kill' ? new WorkerKilled() : new Error('interrupted by signal'))
    })
    ended.catch(() => {})
    let finish: () => void = () => {}
    const task: Task = {
      upid,
      node: request.node,
      pid: processes,
      pstart,
      starttime,
      type: request.type,
      id: request.id,
      identity,
      user: request.user,
      token: request.token,
      lines: [],
      warnings: 0,
      endtime: undefined,
      exitstatus: undefined,
      end,
      finished: new Promise((resolve) => {
        finish = resolve
      }),
    }
    if (!faults.hides(task)) tasks.set(upid, task)
    dropOldest()
    setImmediate(() => void perform(task, request.run, ended).finally(finish))
    return task
  }

  async function perform(task: Task, run: TaskRequest['run'], ended: Promise<never>): Promise<void> {
    const log = (line: string): void => {
      for (const single of line.split('\n')) task.lines.push(single)
      faults.onLine(task, line)
    }
    const worker: TaskWorker = {
      upid: task.upid,
      node: task.node,
      pid: task.pid,
      log,
      warn(line) {
        task.warnings += 1
        log(`WARN: ${line}`)
      },
      pause: (ms) => Promise.race([clock.sleep(ms * options.factor()), ended]),
    }
    try {
      faults.onStart(task)
      // Every worker needs a moment, so that a caller can see it run.
      await worker.pause(100)
      const warning = faults.warningOf(task)
      if (warning !== undefined) worker.warn(warning)
      await run(worker)
      conclude(task, task.warnings === 0 ? 'OK' : `WARNINGS: ${task.warnings}`)
    } catch (error) {
      if (error instanceof ClockStopped) return
      if (error instanceof WorkerKilled) settle(task, 'unexpected status')
      else conclude(task, textOf(error), true)
    }
  }

  function conclude(task: Task, status: string, failed = false): void {
    const verdict = failed ? `ERROR: ${status}` : status
    for (const line of `TASK ${verdict}`.split('\n')) task.lines.push(line)
    settle(task, status.split('\n')[0] ?? status)
  }

  function settle(task: Task, exitstatus: string): void {
    task.endtime = clock.seconds()
    task.exitstatus = exitstatus
  }

  function dropOldest(): void {
    if (tasks.size <= KEPT_TASKS) return
    for (const [upid, task] of tasks) {
      if (task.exitstatus === undefined) continue
      tasks.delete(upid)
      return
    }
  }

  return {
    start,
    find: (upid) => tasks.get(upid),
    ofNode: (node) => [...tasks.values()].filter((task) => task.node === node).reverse(),
    all: () => [...tasks.values()],
    forget: () => tasks.clear(),
  }
}
