import type { Caller } from '../access/accounts.js'
import { parameterError, permissionError } from '../http/platform-error.js'
import type { Task } from '../tasks/task-board.js'
import { parseUpid } from '../tasks/upid.js'
import type { Answer, Call, Operation } from './operation.js'
import { listedTask, statusOfTask, taskVerdict } from './task-rows.js'

const DEFAULT_LIMIT = 50

/** A user owns the tasks of his tokens; a token owns only its own. */
function isOwner(caller: Caller, task: Pick<Task, 'user' | 'identity'>): boolean {
  return caller.token === undefined ? caller.user === task.user : caller.identity === task.identity
}

function listTasks({ world, caller, node, parameters }: Call): Answer {
  const source = parameters.optionalText('source') ?? 'archive'
  const since = parameters.optionalInteger('since')
  const until = parameters.optionalInteger('until')
  const vmid = parameters.optionalText('vmid')
  const type = parameters.optionalText('typefilter')
  const user = parameters.optionalText('userfilter')
  const verdicts = parameters.has('statusfilter') ? parameters.list('statusfilter') : undefined
  const isAuditor = world.permissions.has(caller, `/nodes/${node}`, 'Sys.Audit')
  const fits = (task: Task): boolean => {
    const isActive = task.exitstatus === undefined
    if (source === 'archive' && isActive) return false
    if (source === 'active' && !isActive) return false
    if (since !== undefined && task.starttime < since) return false
    if (until !== undefined && task.starttime > until) return false
    if (vmid !== undefined && task.id !== vmid) return false
    if (type !== undefined && task.type !== type) return false
    if (user !== undefined && !task.identity.includes(user)) return false
    if (verdicts !== undefined && !verdicts.includes(taskVerdict(task))) return false
    if (parameters.isSet('errors') && taskVerdict(task) !== 'error') return false
    return isAuditor || isOwner(caller, task)
  }
  const rows = world.tasks.ofNode(node).filter(fits)
  const start = parameters.optionalInteger('start') ?? 0
  const limit = parameters.optionalInteger('limit') ?? DEFAULT_LIMIT
  const page = rows.slice(start, limit === 0 ? undefined : start + limit)
  return { data: page.map(listedTask), total: rows.length }
}

/** The task of the call; a UPID of another node or one that is forgotten is no task here. */
function requireTask(call: Call, right: 'Sys.Audit' | 'Sys.Modify'): Task {
  const text = call.parameters.text('upid')
  const parts = parseUpid(text)
  if (parts === undefined) throw parameterError({ upid: 'unable to parse worker upid' })
  const { world, caller, node } = call
  const owned = isOwner(caller, { user: parts.user.split('!')[0] ?? '', identity: parts.user })
  if (!owned && !world.permissions.has(caller, `/nodes/${node}`, right))
    throw permissionError(`/nodes/${node}, ${right}`)
  const task = world.tasks.find(text)
  if (task === undefined || task.node !== node) throw parameterError({ upid: 'no such task' })
  return task
}

function taskStatus(call: Call): Answer {
  return { data: statusOfTask(requireTask(call, 'Sys.Audit')) }
}

function taskLog(call: Call): Answer {
  const task = requireTask(call, 'Sys.Audit')
  const { parameters } = call
  if (parameters.isSet('download')) {
    if (parameters.has('start') || parameters.has('limit')) {
      throw parameterError({ download: "parameter 'download' may not be combined with 'start' or 'limit'" })
    }
    return { data: null, plainText: task.lines.map((line) => `${line}\n`).join('') }
  }
  const start = parameters.optionalInteger('start') ?? 0
  const limit = parameters.optionalInteger('limit') ?? DEFAULT_LIMIT
  if (task.lines.length === 0) return { data: [{ n: 1, t: 'no content' }], total: 1 }
  const page = task.lines.slice(start, limit === 0 ? undefined : start + limit)
  return { data: page.map((line, index) => ({ n: start + index + 1, t: line })), total: task.lines.length }
}

function stopTask(call: Call): Answer {
  requireTask(call, 'Sys.Modify').end('interrupt')
  return { data: null }
}

/** Sub-entries of one task, for clients that walk the tree. */
function taskIndex(call: Call): Answer {
  requireTask(call, 'Sys.Audit')
  return { data: [{ name: 'log' }, { name: 'status' }] }
}

export const taskOperations: readonly Operation[] = [
  { key: 'GET /nodes/{node}/tasks', run: listTasks },
  { key: 'GET /nodes/{node}/tasks/{upid}', run: taskIndex },
  { key: 'DELETE /nodes/{node}/tasks/{upid}', run: stopTask },
  { key: 'GET /nodes/{node}/tasks/{upid}/status', run: taskStatus },
  { key: 'GET /nodes/{node}/tasks/{upid}/log', run: taskLog },
]
