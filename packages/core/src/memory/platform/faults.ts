import { isMutation, type NativeCall } from './native-calls.js'
import type { NativeCode, NativeFacts } from './native-error.js'

/** Which calls a fault meets: one by name, or every one that changes something. */
export type FaultTarget = NativeCall | 'mutation' | 'read' | 'any'

/** What goes wrong with a call. */
export type Fault =
  /** It is refused, and changes nothing. */
  | { readonly does: 'refuse'; readonly code: NativeCode; readonly text?: string; readonly facts?: NativeFacts }
  /** It never arrives. */
  | { readonly does: 'lose-request' }
  /** It is carried out, and its answer is lost. */
  | { readonly does: 'lose-reply' }
  /** It is carried out, and never answered: the caller waits until it gives up or is killed. */
  | { readonly does: 'hold-reply' }
  /** Its answer means nothing. */
  | { readonly does: 'garble' }
  /** The answer takes this long, in real milliseconds. */
  | { readonly does: 'delay'; readonly ms: number }
  /** The task that it begins fails with this. */
  | { readonly does: 'fail-task'; readonly code?: NativeCode; readonly text: string }
  /** The task that it begins ends well, with this warning. */
  | { readonly does: 'warn-task'; readonly text: string }
  /** The platform forgets the task that it begins, while the work goes on. */
  | { readonly does: 'forget-task' }
  /** Somebody else takes the id that it wants, just before. */
  | { readonly does: 'steal-id' }

export interface FaultRule {
  readonly target: FaultTarget
  readonly fault: Fault
  /** How many calls let pass before. Default 0. */
  readonly after?: number
  /** How many calls it meets. Default 1. */
  readonly times?: number
}

/** Faults that wait for their calls. */
export interface FaultPlan {
  add(rule: FaultRule): void
  /** The faults that meet this call; each rule counts down. */
  take(call: NativeCall): readonly Fault[]
  clear(): void
}

export function createFaultPlan(): FaultPlan {
  let rules: { rule: FaultRule; wait: number; left: number }[] = []
  return {
    add(rule) {
      rules.push({ rule, wait: rule.after ?? 0, left: rule.times ?? 1 })
    },
    take(call) {
      const met: Fault[] = []
      for (const entry of rules) {
        if (entry.left === 0 || !meets(entry.rule.target, call)) continue
        if (entry.wait > 0) entry.wait -= 1
        else {
          entry.left -= 1
          met.push(entry.rule.fault)
        }
      }
      rules = rules.filter(({ left }) => left > 0)
      return met
    },
    clear() {
      rules = []
    },
  }
}

function meets(target: FaultTarget, call: NativeCall): boolean {
  if (target === 'any') return true
  if (target === 'mutation') return isMutation(call)
  if (target === 'read') return !isMutation(call) && !call.startsWith('session.')
  return target === call
}
