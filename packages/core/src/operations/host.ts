import type { HypervisorAdapter } from '../adapter.js'
import type { Limiter } from '../limits/limiter.js'
import type { Secret, SecretResolver } from '../secrets/secret.js'
import type { OperationHandle, OperationKind } from './handle.js'
import type { DigestKey, SealedSecret } from './seal.js'

/** Something that happened in an operation, for diagnostics and audit. */
export interface StepEvent {
  readonly event: 'begin' | 'accepted' | 'done' | 'retry' | 'jump' | 'failed' | 'undo' | 'ended'
  readonly operationId: string
  readonly kind: OperationKind
  readonly endpoint: string
  readonly actor?: string
  readonly phase: OperationHandle['phase']
  readonly step: string
  readonly index: number
  /** The code of the error, for `retry`, `failed` and a failed `ended`. */
  readonly code?: string
}

/** What operations stand on. */
export interface OperationsHost {
  readonly adapter: HypervisorAdapter
  readonly endpoint: string
  /** Type of the plugin. */
  readonly type: string
  /** Part of the idempotency key's name space. */
  readonly tenant: string
  readonly limiter: Limiter
  readonly secrets: SecretResolver
  readonly digestKey?: DigestKey
  readonly emit: (event: StepEvent) => void
}

/** What one advance of one operation stands on. */
export interface EngineHost {
  readonly adapter: Pick<HypervisorAdapter, 'now' | 'sessionId'>
  readonly limiter: Limiter
  readonly signal: AbortSignal
  readonly emit: (event: StepEvent) => void
  reveal(secret: SealedSecret): Promise<Secret>
  /** Stores the handle before the next mutation; answers it with its new revision. */
  checkpoint<K extends OperationKind>(handle: OperationHandle<K>): Promise<OperationHandle<K>>
}

/** The endpoint's clock, or ours where it tells none. */
export function clockOf(adapter: Pick<HypervisorAdapter, 'now'>): number {
  return adapter.now?.() ?? Date.now()
}
