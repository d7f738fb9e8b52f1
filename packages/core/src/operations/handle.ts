import type { ErrorJson } from '../errors/error-codes.js'
import type { Json, JsonObject } from '../json.js'
import type { FacetResults } from '../model/facets/facets.js'
import type { DeleteReport, VmInfo } from '../model/vm.js'
import type { Leftover } from './step.js'

/** What each kind of operation gives when it succeeds. */
export interface OperationResults extends FacetResults {
  readonly createVm: VmInfo
  readonly startVm: VmInfo
  readonly stopVm: VmInfo
  readonly restartVm: VmInfo
  readonly deleteVm: DeleteReport
  /** Removes what a failed operation left. */
  readonly cleanUp: DeleteReport
}

export type OperationKind = keyof OperationResults

/** The step that is next or under way. */
export interface Cursor {
  readonly step: string
  readonly index: number
  /**
   * `ready`: nothing was sent. `intent`: the call may have been sent. `accepted`: the platform works on `task`.
   */
  readonly stage: 'ready' | 'intent' | 'accepted'
  readonly task?: Json
  /** When the step was begun, endpoint's clock, epoch milliseconds. */
  readonly begunAt?: number
  /** Failed attempts in a row. */
  readonly tries: number
  /** Which of the step's undo steps, while undoing. */
  readonly part?: number
  /** The operation was cancelled, or its deadline passed, and the native task was asked to stop. */
  readonly stopping?: true
  /** Failed looks in a row at what became of it. */
  readonly looks?: number
  /** Since when `find` could not tell, endpoint's clock, epoch milliseconds. */
  readonly undecidedSince?: number
  /** Fraction of this step, 0 to 1, where the platform tells it. */
  readonly fraction?: number
}

/** A mutation that was, or may have been, applied: what undo has to take back. */
export interface AppliedStep {
  readonly step: string
  readonly index: number
  /** Only circumstances say that it is ours: listed as a leftover, never destroyed. */
  readonly weak?: true
}

/**
 * A running operation as plain JSON below 4 KiB: store it, and any process can go on with it. Holds no secret.
 * Treat it as opaque but for `id`, `kind`, `endpoint` and `marker`.
 */
export interface OperationHandle<K extends OperationKind = OperationKind> {
  readonly version: 1
  readonly id: string
  readonly kind: K
  /** For `cleanUp`: the kind whose steps are undone. */
  readonly of?: Exclude<OperationKind, 'cleanUp'>
  readonly endpoint: string
  /** Type of the plugin. */
  readonly type: string
  readonly actor?: string
  /** Our clock, ISO. */
  readonly createdAt: string
  /** Endpoint's clock, epoch milliseconds. */
  readonly startedAt: number
  /** Endpoint's clock, epoch milliseconds: past it the operation fails with TIMEOUT. */
  readonly deadlineAt?: number
  /** `dcm1:<key>:<spec hash>`, for operations that create. */
  readonly marker?: string
  /** Grows by one with each checkpoint: what a store compares. */
  readonly revision: number
  readonly input: Json
  readonly state: JsonObject
  readonly phase: 'forward' | 'undo' | 'always' | 'ended'
  readonly cursor: Cursor
  readonly applied: readonly AppliedStep[]
  /** Applied steps whose undo failed: what a clean-up has to take back. */
  readonly stuck?: readonly AppliedStep[]
  /** Native ids that undo removed. */
  readonly removed?: readonly string[]
  /** The session that the open scope belongs to. */
  readonly session?: { readonly scope: string; readonly id: string }
  /** 0 to 1, never falling. */
  readonly fraction: number
  readonly warnings: readonly string[]
  readonly cancelled?: true
  /** A call was sent of which no applied step tells: its answer was lost, and a later attempt was refused or left. */
  readonly mayHaveChanged?: true
  readonly error?: ErrorJson
  readonly undoErrors?: readonly ErrorJson[]
  readonly leftovers?: readonly Leftover[]
  readonly outcome?: 'succeeded' | 'failed'
}
