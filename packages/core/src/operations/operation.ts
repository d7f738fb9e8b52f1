import type { ErrorJson } from '../errors/error-codes.js'
import type { Result } from '../result.js'
import type { OperationHandle, OperationKind, OperationResults } from './handle.js'

/** How far an operation is. */
export interface OperationProgress {
  /** The step under way. */
  readonly step: string
  readonly phase: 'forward' | 'undo' | 'always' | 'ended'
  /** 0 to 1, never falling; undefined where neither platform nor steps tell anything. */
  readonly fraction?: number
  /** Why it waits, if it does. */
  readonly waitingFor?: string
}

/** What one bounded step brought. */
export interface Advance<K extends OperationKind = OperationKind> {
  /** Store it in place of the one given. */
  readonly handle: OperationHandle<K>
  readonly status: 'running' | 'succeeded' | 'failed'
  readonly progress: OperationProgress
  /** Advance again after this; 0 means at once. Absent when ended. */
  readonly retryAfterMs?: number
  /** The result, when succeeded. */
  readonly value?: OperationResults[K]
  /** Why it failed, when failed. */
  readonly error?: ErrorJson
  readonly warnings: readonly string[]
}

/** How to wait for an operation. Without a limit the wait lasts as long as the work does. */
export interface WaitOptions {
  /** Aborting ends the wait with CANCELLED and leaves the remote work alone. */
  readonly signal?: AbortSignal
  /** The wait ends with TIMEOUT after this; the remote work goes on. */
  readonly timeoutMs?: number
  /** Told after each look; `fraction` never falls. */
  readonly onProgress?: (progress: OperationProgress) => void
}

/** The truth about a cancellation. `too-late`: the work was done before. What failed by itself answers its error. */
export type CancelAnswer = 'cancelled' | 'not-cancellable' | 'too-late'

/** Long work that was accepted. Not a thenable: awaiting the method that gave it does not wait for the work. */
export interface Operation<K extends OperationKind = OperationKind> {
  readonly id: string
  readonly kind: K
  /** The newest handle. */
  readonly handle: OperationHandle<K>
  readonly warnings: readonly string[]
  /** Advances until the operation has ended, and gives its result. */
  wait(options?: WaitOptions): Promise<Result<OperationResults[K]>>
  /** Stops the remote work and takes back what was done; answers when that is over. */
  cancel(options?: WaitOptions): Promise<Result<CancelAnswer>>
}
