import type { ObjectUpdate } from '../generated/property-collector.js'
import type { LocalizedMethodFault } from '../generated/shared/core.js'

/** What is known of a task. */
export interface TaskState {
  readonly state: string | undefined
  /** 0 to 100, never less than before; undefined until the server tells it. */
  readonly percent: number | undefined
  readonly error: LocalizedMethodFault | undefined
  readonly result: unknown
}

export const unknownState: TaskState = { state: undefined, percent: undefined, error: undefined, result: undefined }

/** Properties of a task that are followed. */
export const taskPaths = ['info.state', 'info.progress', 'info.error', 'info.result'] as const

/** The state after an update. A change without a value means that the property is not set any more. */
export function applyUpdate(before: TaskState, { changeSet }: ObjectUpdate): TaskState {
  let { state, percent, error, result } = before
  for (const { name, val } of changeSet) {
    if (name === 'info.state') state = typeof val === 'string' ? val : undefined
    else if (name === 'info.progress') percent = typeof val === 'number' ? Math.max(percent ?? 0, val) : percent
    else if (name === 'info.error')
      error = val as LocalizedMethodFault | undefined // by the schema
    else if (name === 'info.result') result = val
  }
  return { state, percent, error, result }
}
