import { WorkerKilled } from '../tasks/worker.js'

export interface TaskFault {
  /** Type of the task, for example `qmclone`; without it any. */
  readonly taskType?: string
  /** Id of the task, for example the vmid; without it any. */
  readonly taskId?: string
  /** Strikes when a log line holds this text; without it at the start, before anything was done. */
  readonly whenLog?: string
  /** `fail` ends the task with `text` after its own clean-up, `kill` ends the worker on the spot, `vanish` hides the task. */
  readonly how: 'fail' | 'kill' | 'vanish'
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
  onStart(task: TaskOfFault): void
  onLine(task: TaskOfFault, line: string): void
}

export function createTaskFaults(): TaskFaults {
  const pending: TaskFault[] = []

  function take(fits: (fault: TaskFault) => boolean, task: TaskOfFault): TaskFault | undefined {
    const at = pending.findIndex(
      (fault) =>
        (fault.taskType === undefined || fault.taskType === task.type) &&
        (fault.taskId === undefined || fault.taskId === task.id) &&
        fits(fault),
    )
    return at < 0 ? undefined : pending.splice(at, 1)[0]
  }

  function strike(fits: (fault: TaskFault) => boolean, task: TaskOfFault): void {
    const fault = take((known) => known.how !== 'vanish' && fits(known), task)
    if (fault !== undefined) throw fault.how === 'kill' ? new WorkerKilled() : new Error(fault.text)
  }

  return {
    add: (fault) => void pending.push(fault),
    clear: () => void pending.splice(0),
    hides: (task) => take((fault) => fault.how === 'vanish', task) !== undefined,
    onStart: (task) => strike((fault) => fault.whenLog === undefined, task),
    onLine: (task, line) => strike((fault) => fault.whenLog !== undefined && line.includes(fault.whenLog), task),
  }
}
