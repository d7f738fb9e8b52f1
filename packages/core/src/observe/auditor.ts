import type { ErrorCode } from '../errors/error-codes.js'
import type { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from '../operations/handle.js'
import type { StepEvent } from '../operations/host.js'
import { aboutInput } from './about-input.js'
import type { AuditEvent, EventSource } from './events.js'
import { withoutSecrets } from './redact.js'

type Facts = Pick<AuditEvent, 'action' | 'actor' | 'target' | 'parameters'>

/** One call that wants to change something. */
export interface Attempt {
  /** The input, once it was checked. */
  about(target: string, parameters: unknown): void
  /** The operation has this id from its first checkpoint on. */
  started(operationId: string): void
  accepted(operationId: string): void
  /** It is done, and was no operation. */
  done(): void
  refused(error: HypervisorError): void
}

export interface Auditor {
  attempt(action: AuditEvent['action'], actor: string | undefined): Attempt
  /** An operation started elsewhere is continued here: its end is told with what its handle says of it. */
  know(handle: OperationHandle): void
  /** To be told every step: publishes the ends of operations. */
  step(event: StepEvent): void
}

interface Entry extends Facts {
  /** The call that started it has not returned yet: its end must not be told before its acceptance. */
  readonly attempt?: { end?: StepEvent }
}

/** Operations that are running but may never be heard of again: this many are remembered. */
const mostKnown = 10_000

/** Turns calls and steps into audit events: one when a call is accepted or refused, one when its operation has ended. */
export function createAuditor(source: EventSource, publish: (event: AuditEvent) => void): Auditor {
  const known = new Map<string, Entry>()

  function remember(id: string, entry: Entry): void {
    known.delete(id)
    known.set(id, entry)
    const [oldest] = known.keys()
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
  }

  function tell(facts: Facts, outcome: AuditEvent['outcome'], code?: string, operationId?: string): void {
    publish({
      time: new Date().toISOString(),
      ...source,
      ...facts,
      outcome,
      // Codes in step events come from errors of ours.
      ...(code !== undefined && { code: code as ErrorCode }),
      ...(operationId !== undefined && { operationId }),
    })
  }

  function tellEnd(facts: Facts, event: StepEvent): void {
    tell(facts, event.code === undefined ? 'succeeded' : 'failed', event.code, event.operationId)
  }

  return {
    attempt(action, actor) {
      let facts: Facts = { action, ...(actor !== undefined && { actor }) }
      let id: string | undefined
      const attempt: { end?: StepEvent } = {}
      return {
        about(target, parameters) {
          facts = { ...facts, target, parameters: withoutSecrets(parameters) }
        },
        started(operationId) {
          if (id === operationId) return
          id = operationId
          remember(operationId, { ...facts, attempt })
        },
        accepted(operationId) {
          tell(facts, 'accepted', undefined, operationId)
          known.delete(operationId)
          if (attempt.end) tellEnd(facts, attempt.end)
          else remember(operationId, facts)
        },
        done() {
          tell(facts, 'succeeded')
        },
        refused(error) {
          // Given up with an unknown outcome, the operation may still come to an end here.
          const open = id !== undefined && error.outcome === 'unknown' && !attempt.end
          tell(facts, outcomeOf(error), error.code, id)
          if (id === undefined) return
          known.delete(id)
          if (open) remember(id, facts)
        },
      }
    },
    know(handle) {
      if (known.has(handle.id)) return
      const { kind, actor, input } = handle
      remember(handle.id, { action: kind, ...(actor !== undefined && { actor }), ...aboutInput(input) })
    },
    step(event) {
      if (event.event !== 'ended') return
      const entry = known.get(event.operationId)
      if (entry?.attempt) {
        entry.attempt.end = event
        return
      }
      known.delete(event.operationId)
      tellEnd(entry ?? { action: event.kind, ...(event.actor !== undefined && { actor: event.actor }) }, event)
    },
  }
}

function outcomeOf(error: HypervisorError): AuditEvent['outcome'] {
  if (error.outcome === 'not-started') return 'refused'
  return error.outcome === 'unknown' ? 'unknown' : 'failed'
}
