import { clean } from './read-error.js'

/** What a node says of a task. */
export type TaskState =
  | { readonly state: 'running' }
  /** `exitStatus` is `OK`, `WARNINGS: <n>`, `unexpected status` (the worker died) or the text of the error. */
  | { readonly state: 'finished'; readonly exitStatus: string; readonly succeeded: boolean; readonly warnings: number }
  /** The node does not know the task (any more): decide from the state of the guest. */
  | { readonly state: 'lost' }
  /** The node, or the way to it, did not answer; the task may go on. */
  | { readonly state: 'unreachable'; readonly error: unknown }

/** State by an exit status as GET /nodes/{node}/tasks and .../status give it. */
export function finishedState(exitStatus: string): TaskState {
  const text = clean(exitStatus)
  const warnings = /^WARNINGS: (\d+)$/.exec(text)?.[1]
  return {
    state: 'finished',
    exitStatus: text,
    succeeded: text === 'OK' || warnings !== undefined,
    warnings: warnings === undefined ? 0 : Number(warnings),
  }
}

/** State by a row of GET /nodes/{node}/tasks: running rows have no endtime, finished ones their exit text as status. */
export function stateOfRow(row: Readonly<Record<string, unknown>>): TaskState {
  const { status, endtime } = row
  if (endtime === undefined || endtime === null || typeof status !== 'string' || status === 'RUNNING') {
    return { state: 'running' }
  }
  return finishedState(status)
}

/** State by the answer of GET /nodes/{node}/tasks/{upid}/status. */
export function stateOfStatus(answer: Readonly<Record<string, unknown>>): TaskState {
  if (answer.status !== 'stopped') return { state: 'running' }
  // A worker that was killed leaves no exit status for a moment.
  return finishedState(typeof answer.exitstatus === 'string' ? answer.exitstatus : 'unexpected status')
}
