import type { ErrorCode, ErrorOutcome } from '../errors/error-codes.js'
import type { Json } from '../json.js'
import type { AuditedRead } from '../model/facets/facets.js'
import type { OperationKind } from '../operations/handle.js'

/** Whose call it is: part of every event. */
export interface EventSource {
  readonly tenant: string
  readonly endpoint: string
  /** Type of the plugin. */
  readonly type: string
}

/** A call of a port method, on the diagnostics channel `dcm.core.call`. */
export interface CallEvent extends EventSource {
  readonly event: 'start' | 'end'
  /** The same for start and end of one call; counts up in this process. */
  readonly call: number
  readonly method: string
  readonly actor?: string
  /** At the end. */
  readonly durationMs?: number
  /** At the end, when it failed. */
  readonly code?: ErrorCode
  readonly outcome?: ErrorOutcome
}

/** What somebody changed, or tried to. Plain JSON, without secrets. */
export interface AuditEvent extends EventSource {
  /** ISO time, our clock. */
  readonly time: string
  readonly actor?: string
  /** `allowUntrusted`: a connection was tested whose certificate or host key nobody vouches for. */
  readonly action: OperationKind | AuditedRead | 'allowUntrusted'
  /** Id of the VM, or of what else it is about; for a creation the name it is to have. */
  readonly target?: string
  /** What was asked for. Secrets stand in it as references or `[secret]`; input that was refused as wrong is left out. */
  readonly parameters?: Json
  /**
   * `accepted` or `refused` when the call ends, then `succeeded` or `failed` when the operation has ended. `unknown`: the
   * call was given up or lost its answer, and something may have been changed.
   */
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'succeeded' | 'failed'
  readonly code?: ErrorCode
  readonly operationId?: string
}

/** Takes audit events, in order. What it throws is logged and stops nothing. */
export type AuditSink = (event: AuditEvent) => void
