import type { Task } from '../tasks/task-board.js'
import type { Row } from './resource-rows.js'

function common(task: Task): Row {
  return {
    upid: task.upid,
    node: task.node,
    pid: task.pid,
    pstart: task.pstart,
    starttime: task.starttime,
    type: task.type,
    id: task.id,
    user: task.user,
    ...(task.token === undefined ? {} : { tokenid: task.token }),
  }
}

/** As `/status` shows a task. */
export function statusOfTask(task: Task): Row {
  return {
    ...common(task),
    status: task.exitstatus === undefined ? 'running' : 'stopped',
    ...(task.exitstatus === undefined ? {} : { exitstatus: task.exitstatus }),
  }
}

/** As task lists show it: the exit text is the status. */
export function listedTask(task: Task): Row {
  if (task.exitstatus === undefined) return { ...common(task), status: 'RUNNING' }
  return { ...common(task), endtime: task.endtime, status: task.exitstatus }
}

/** The kinds of `statusfilter`; a running task counts as unknown. */
export function taskVerdict(task: Task): 'ok' | 'warning' | 'error' | 'unknown' {
  if (task.exitstatus === undefined || task.exitstatus === 'unexpected status') return 'unknown'
  if (task.exitstatus === 'OK') return 'ok'
  return task.exitstatus.startsWith('WARNINGS: ') ? 'warning' : 'error'
}
