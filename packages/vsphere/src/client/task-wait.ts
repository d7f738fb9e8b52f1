import type { Vim25Part } from '../generated/schema.js'
import type { Caller } from './caller.js'
import { completeWith } from './complete-value.js'
import { VsphereError, type VsphereErrorFields } from './error.js'
import type { ManagedObjectReference } from './reference.js'
import type { TaskState } from './task-state.js'
import type { TaskWatcher } from './task-watcher.js'

export interface TaskProgress {
  /** 0 to 100, never less than before. Sparse: some tasks tell none. */
  readonly percent: number
}

export interface TaskWaitOptions {
  readonly onProgress?: (progress: TaskProgress) => void
  /** Ends the wait; the task goes on. */
  readonly signal?: AbortSignal | undefined
  /** How long to wait; the task goes on. Default: for ever. */
  readonly timeoutMs?: number | undefined
}

export interface AwaitedTask {
  readonly task: ManagedObjectReference
  /** Method that began it, for messages. */
  readonly operation: string
  /** Where the type of its result may be found. */
  readonly parts: readonly Vim25Part[]
}

/** Node fires timers beyond this at once; 24 days are as good as no limit. */
const longestTimerMs = 2 ** 31 - 1

/** Waits for a task's end with the shared poll. Gives its result; throws its fault as an error. */
export function waitForTask(
  caller: Caller,
  watcher: TaskWatcher,
  awaited: AwaitedTask,
  options: TaskWaitOptions,
): Promise<unknown> {
  const { signal, timeoutMs, onProgress } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(waitError(caller, awaited, { kind: 'aborted', message: 'the wait was aborted; the task goes on' }, signal))
      return
    }
    let told = -1
    const settle = (finish: () => void): void => {
      stop()
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      finish()
    }
    const abort = (): void =>
      settle(() =>
        reject(
          waitError(caller, awaited, { kind: 'aborted', message: 'the wait was aborted; the task goes on' }, signal),
        ),
      )
    const overdue = (): void =>
      settle(() =>
        reject(
          waitError(caller, awaited, {
            kind: 'timeout',
            message: `the task did not end within ${timeoutMs} ms; it goes on`,
          }),
        ),
      )
    const timer = timeoutMs === undefined || timeoutMs > longestTimerMs ? undefined : setTimeout(overdue, timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    let stop = (): void => {}
    stop = watcher.watch(awaited.task, {
      update: (state) => {
        try {
          if (state.percent !== undefined && state.percent > told) {
            told = state.percent
            onProgress?.({ percent: told })
          }
        } catch (error) {
          settle(() => reject(error))
          return
        }
        if (state.state !== 'success' && state.state !== 'error') return
        settle(() => conclude(caller, awaited, state).then(resolve, reject))
      },
      fail: (error) => settle(() => reject(brokenWait(awaited, error))),
    })
  })
}

async function conclude(caller: Caller, { task, operation, parts }: AwaitedTask, state: TaskState): Promise<unknown> {
  if (state.state === 'success') return completeWith(parts, state.result)
  const { errorOfMethodFault } = await import('./read-fault.js')
  const { redact } = caller.session
  const fault = state.error ?? { fault: { _type: 'MethodFault', faultCause: undefined, faultMessage: [] } }
  throw await errorOfMethodFault(fault, { host: caller.connection.host, operation, task: task.value, redact })
}

/** What broke the wait says nothing of the task: that goes on, whatever the outcome of the call that failed. */
function brokenWait({ task, operation }: AwaitedTask, error: unknown): unknown {
  if (!VsphereError.isInstance(error) || error.outcome === 'unknown') return error
  return new VsphereError({
    ...error,
    message: `${operation}: the task goes on, but waiting for it failed: ${error.message}`,
    outcome: 'unknown',
    retryable: false,
    operation,
    task: task.value,
    fault: error.fault,
    cause: error,
  })
}

function waitError(
  caller: Caller,
  { task, operation }: AwaitedTask,
  fields: Pick<VsphereErrorFields, 'kind' | 'message'>,
  signal?: AbortSignal,
): VsphereError {
  return new VsphereError({
    kind: fields.kind,
    message: `${operation}: ${fields.message}`,
    outcome: 'unknown',
    retryable: false,
    host: caller.connection.host,
    operation,
    task: task.value,
    cause: signal?.reason,
  })
}
