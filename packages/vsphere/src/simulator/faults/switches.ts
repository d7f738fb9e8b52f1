import type { FaultValue } from '../fault.js'

/** A call that is answered with a fault instead of being carried out. */
export interface CallFault {
  /** `CloneVM_Task`; absent: every method. */
  readonly method?: string | undefined
  readonly fault: FaultValue
  readonly message?: string | undefined
  /** Calls that pass first. */
  readonly after?: number | undefined
  /** How many are answered so; default 1. */
  readonly times?: number | undefined
}

/** A task that ends with a fault, after its time and with nothing done. */
export interface TaskFault {
  /** `PowerOnVM_Task`; absent: every method. */
  readonly method?: string | undefined
  readonly fault: FaultValue
  readonly message?: string | undefined
  /** Fitting tasks that pass first. */
  after: number
}

export interface CallFaultState {
  readonly rule: CallFault
  seen: number
  hits: number
}

/** What is wrong with the platform at the moment. */
export interface SimulatorSwitches {
  readonly callFaults: CallFaultState[]
  readonly taskFaults: TaskFault[]
  /** Privileges that nobody has. */
  readonly deniedPrivileges: Set<string>
  /** Property paths that nobody may read: they stand in `missingSet`. */
  readonly deniedPaths: Set<string>
  /** VMs (by value) whose guest ignores shutdown requests. */
  readonly deafGuests: Set<string>
  /** VMs whose guest has no VMware Tools. */
  readonly withoutTools: Set<string>
  /** VMs whose next power-on asks a question. */
  readonly asking: Set<string>
  /** A call without session is answered with everything in `missingSet` where that is possible. */
  silentExpiry: boolean
  /** A wrong power state is a SOAP fault instead of a failed task. */
  powerStateAsFault: boolean
  /** Tasks can be cancelled. */
  cancelable: boolean
  /** New VMs are found only so many milliseconds after their task succeeded. */
  appearLateMs: number
  /** Objects in one reply of a change feed, at most. */
  updateLimit: number
  /** Where URLs of guest files lead; undefined: `*`, the endpoint. */
  transferHost: { readonly origin: string; readonly thumbprint1: string } | undefined
  /** Multiplies the time that tasks take. */
  taskPace: number
  /** What answers have instead of a word that stands alone in an element. */
  readonly newWords: Map<string, string>
  /** Before every answer. */
  answerDelayMs: number
  /** Tasks stay queued. */
  tasksHeld: boolean
}

export function createSwitches(): SimulatorSwitches {
  return {
    callFaults: [],
    taskFaults: [],
    deniedPrivileges: new Set(),
    deniedPaths: new Set(),
    deafGuests: new Set(),
    withoutTools: new Set(),
    asking: new Set(),
    silentExpiry: false,
    powerStateAsFault: false,
    cancelable: true,
    appearLateMs: 0,
    updateLimit: 100,
    transferHost: undefined,
    taskPace: 1,
    newWords: new Map(),
    answerDelayMs: 0,
    tasksHeld: false,
  }
}

/** The rule that answers this call, counted. */
export function takeCallFault(switches: SimulatorSwitches, method: string): CallFault | undefined {
  for (const state of switches.callFaults) {
    const { rule } = state
    if (rule.method !== undefined && rule.method !== method) continue
    state.seen += 1
    if (state.seen <= (rule.after ?? 0) || state.hits >= (rule.times ?? 1)) continue
    state.hits += 1
    return rule
  }
  return undefined
}

/** The rule that spoils this task, used up. */
export function takeTaskFault(switches: SimulatorSwitches, method: string): TaskFault | undefined {
  const at = switches.taskFaults.findIndex((rule) => rule.method === undefined || rule.method === method)
  const rule = switches.taskFaults[at]
  if (rule === undefined) return undefined
  if (rule.after > 0) {
    rule.after -= 1
    return undefined
  }
  switches.taskFaults.splice(at, 1)
  return rule
}
