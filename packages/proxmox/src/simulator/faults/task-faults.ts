import { WorkerKilled } from '../tasks/worker.js'

export interface TaskFault {
  /** Type of the task, for example `qmclone`; without it any. */
  readonly taskType?: string
  /** Id of the task, for example the vmid; without it any. */
  readonly taskId?: string
  /** Strikes when a log line holds this text; without it at the start, before anything was done. */
  readonly whenLog?: string
  /**
   * `fail` ends the task with `text` after its own clean-up, `kill` ends the worker on the spot, `vanish` hides the task,
   * `warn` lets it do its work and warn of `text`.
   */
  readonly how: 'fail' | 'kill' | 'vanish' | 'warn'
  /** Leaves the first so many fitting tasks alone. */
  readonly after?: number
  readonly text: string
}

interface TaskOfFault {
  readonly type: string
  readonly id: string
}

/** Faults that wait for the next task that fits; each strikes once. */
export interface TaskFaults {
  add(fault: TaskFault): void
  clear(): void
  /** Is this task to be unknown to everybody who asks for it? */
  hides(task: TaskOfFault): boolean
  /** What the task is to warn of, if anything. */
  warningOf(task: TaskOfFault): string | undefined
  onStart(task: TaskOfFault): void
  onLine(task: TaskOfFault, line: string): void
}

/** Counts a task that is spared. */
function isDue(fault: TaskFault & { spared: number }): boolean {
  if (fault.spared >= (fault.after ?? 0)) return true
  fault.spared += 1
  return false
}

export function createTaskFaults(): TaskFaults {
  const pending: (TaskFault & { spared: number })[] = []

  function take(fits: (fault: TaskFault) => boolean, task: TaskOfFault): TaskFault | undefined {
    const at = pending.findIndex(
      (fault) =>
        (fault.taskType === undefined || fault.taskType === task.type) &&
        (fault.taskId === undefined || fault.taskId === task.id) &&
        fits(fault) &&
        isDue(fault),
    )
    return at < 0 ? undefined : pending.splice(at, 1)[0]
  }

  function strike(fits: (fault: TaskFault) => boolean, task: TaskOfFault): void {
    const fault = take((known) => (known.how === 'fail' || known.how === 'kill') && fits(known), task)
    if (fault !== undefined) throw fault.how === 'kill' ? new WorkerKilled() : new Error(fault.text)
  }

  return {
    add: (fault) => void pending.push({ ...fault, spared: 0 }),
    clear: () => void pending.splice(0),
    hides: (task) => take((fault) => fault.how === 'vanish', task) !== undefined,
    warningOf: (task) => take((fault) => fault.how === 'warn', task)?.text,
    onStart: (task) => strike((fault) => fault.whenLog === undefined, task),
    onLine: (task, line) => strike((fault) => fault.whenLog !== undefined && line.includes(fault.whenLog), task),
  }
}
