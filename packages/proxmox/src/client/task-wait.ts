import { abortedError } from './abort.js'
import type { CallOperation } from './call.js'
import { classifyText } from './classify.js'
import { ProxmoxError, type ProxmoxErrorFields } from './error.js'
import type { TaskResult, TaskWaitOptions } from './task.js'
import { readTaskLog } from './task-log.js'
import { createTaskProgressReader } from './task-progress.js'
import type { TaskState } from './task-state.js'
import type { TaskWatcher } from './task-watcher.js'

interface TaskAddress {
  readonly upid: string
  readonly node: string
}

/** A node that restarts its daemons, or a cluster that forms anew, is back within this time. */
const unreachableForMs = 60_000
/** Node fires timers beyond this at once; 24 days are as good as no limit. */
const longestTimerMs = 2 ** 31 - 1

/** Waits for a task's end with a shared watcher; reads the log only when somebody wants progress. */
export function waitForTask(
  task: TaskAddress,
  call: CallOperation,
  watcher: TaskWatcher,
  options: TaskWaitOptions,
): Promise<TaskResult> {
  const { signal, timeoutMs } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError(signal, task.upid))
      return
    }
    const report = options.onProgress === undefined ? undefined : progressOf(task, call, options.onProgress, options)
    let unreachableSince: number | undefined
    let reporting: Promise<void> = Promise.resolve()

    const settle = (finish: () => void): void => {
      stopWatching()
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      finish()
    }
    const abort = (): void => settle(() => reject(abortedError(signal as AbortSignal, task.upid))) // listens on a signal
    const timer =
      timeoutMs === undefined || timeoutMs > longestTimerMs
        ? undefined
        : setTimeout(() => settle(() => reject(stillRunning(task, timeoutMs))), timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    const stopWatching = watcher.watch(task.node, task.upid, (state) => {
      if (state.state === 'unreachable') {
        unreachableSince ??= performance.now()
        const final = isFinal(state.error) || performance.now() - unreachableSince > unreachableForMs
        if (final) settle(() => reject(lostSight(task, state.error)))
        return
      }
      unreachableSince = undefined
      if (report !== undefined) reporting = reporting.then(report)
      if (state.state === 'running') {
        reporting.catch((error: unknown) => settle(() => reject(error)))
        return
      }
      // The last lines are told before the end.
      settle(() => void reporting.then(() => conclude(task, state)).then(resolve, reject))
    })
  })
}

/** Reads new lines and tells the progress. Failing to read a log is no reason to give up waiting. */
function progressOf(
  task: TaskAddress,
  call: CallOperation,
  onProgress: NonNullable<TaskWaitOptions['onProgress']>,
  options: TaskWaitOptions,
): () => Promise<void> {
  const reader = createTaskProgressReader(options.transfers === undefined ? {} : { transfers: options.transfers })
  let lastLine = 0
  return async () => {
    const lines = await readTaskLog(call, task, lastLine).catch(() => [])
    if (lines.length === 0) return
    lastLine = lines.at(-1)?.n ?? lastLine
    onProgress(reader.read(lines.map((line) => line.text)))
  }
}

function conclude(task: TaskAddress, state: TaskState): TaskResult {
  if (state.state !== 'finished') throw lost(task)
  if (state.succeeded) return { exitStatus: state.exitStatus, warnings: state.warnings }
  throw taskFailure(task, state.exitStatus)
}

/** The error that an exit status means. */
export function taskFailure(task: TaskAddress, exitStatus: string): ProxmoxError {
  const { kind, retryable } = classifyText(exitStatus) ?? { kind: 'task-failed', retryable: false }
  const text = exitStatus === 'unexpected status' ? 'the worker died without telling why; see the log' : exitStatus
  return taskError(task, { kind, message: `task on ${task.node} failed: ${text}`, outcome: 'failed', retryable })
}

function lost(task: TaskAddress): ProxmoxError {
  const message = `node ${task.node} does not know the task any more: look at the guest to learn what became of it`
  return taskError(task, { kind: 'task-lost', message, outcome: 'unknown', retryable: false })
}

function stillRunning(task: TaskAddress, timeoutMs: number): ProxmoxError {
  const message = `the task on ${task.node} did not end within ${timeoutMs} ms; it goes on`
  return taskError(task, { kind: 'timeout', message, outcome: 'unknown', retryable: false })
}

function lostSight(task: TaskAddress, error: unknown): ProxmoxError {
  const kind = ProxmoxError.isInstance(error) ? error.kind : 'unreachable'
  const text = error instanceof Error ? error.message : 'no answer'
  const message = `cannot follow the task on ${task.node} any more, it may go on: ${text}`
  return taskError(task, { kind, message, outcome: 'unknown', retryable: false, cause: error })
}

function taskError(task: TaskAddress, fields: ProxmoxErrorFields): ProxmoxError {
  return new ProxmoxError({ ...fields, upid: task.upid, node: task.node })
}

/** Whether waiting longer cannot help. */
function isFinal(error: unknown): boolean {
  if (!ProxmoxError.isInstance(error)) return true
  return !['unreachable', 'node-unreachable', 'timeout', 'internal', 'protocol'].includes(error.kind)
}
