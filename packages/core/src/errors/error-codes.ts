import type { JsonObject } from '../json.js'
import type { Reference, ResourceKind } from '../model/references.js'
import type { OperationHandle } from '../operations/handle.js'
import type { Leftover } from '../operations/step.js'

/** One thing wrong with an input: where, what, and how to mend it. */
export interface Problem {
  /** Path into the input, as `disks[1].sizeBytes`; empty for the input as a whole. */
  readonly path: string
  readonly message: string
}

/** Something an input names that is not there. */
export interface Missing {
  readonly path?: string
  readonly kind: ResourceKind | 'vm' | 'image' | 'folder' | 'endpoint' | 'secret'
  readonly reference: Reference
}

/** What each error code tells beyond its message. The keys are the closed list of codes, in gRPC's vocabulary. */
export interface ErrorDetails {
  /** The input is wrong in itself; every problem is listed. */
  readonly INVALID_ARGUMENT: { readonly problems: readonly Problem[] }
  /** The credentials were refused, or a second factor is asked for. */
  readonly UNAUTHENTICATED: { readonly reason?: 'bad-credentials' | 'expired' | 'second-factor' }
  /** The caller is known but may not do this. */
  readonly PERMISSION_DENIED: {
    readonly missing: readonly { readonly privilege: string; readonly on?: string }[]
  }
  /** Something named does not exist. */
  readonly NOT_FOUND: { readonly missing: readonly Missing[]; readonly reason?: 'NO_HYPERVISOR_CONFIGURED' }
  /** Something of that name, id or idempotency key exists already. */
  readonly ALREADY_EXISTS: { readonly reason?: 'name' | 'id' | 'idempotency-key'; readonly existingId?: string }
  /** Another change is under way, or the object changed since it was read. */
  readonly CONFLICT: { readonly reason?: 'locked' | 'stale' | 'other-runner'; readonly lock?: string }
  /** A name fits several things. */
  readonly AMBIGUOUS: {
    readonly references: readonly {
      readonly path?: string
      readonly reference: Reference
      readonly candidates: readonly { readonly id: string; readonly name: string; readonly within?: string }[]
    }[]
  }
  /** The object is not in the state that this needs. */
  readonly FAILED_PRECONDITION: { readonly reason?: string }
  /** Not enough memory, storage, ids or licences. */
  readonly RESOURCE_EXHAUSTED: {
    readonly resource?: string
    readonly requested?: number
    readonly available?: number
  }
  /** The platform asks for fewer calls. */
  readonly RATE_LIMITED: JsonObject
  /** This platform, version or licence cannot do this. */
  readonly UNSUPPORTED: { readonly feature?: string; readonly reason?: string }
  /** The endpoint, or a host behind it, does not answer. */
  readonly UNAVAILABLE: { readonly host?: string }
  /** The certificate or host key is neither trusted nor pinned. */
  readonly TLS_UNTRUSTED: { readonly host?: string; readonly presentedFingerprint256?: string }
  /** Not done within the time given. */
  readonly TIMEOUT: { readonly timeoutMs?: number }
  /** The caller's signal was aborted, or the operation was cancelled. */
  readonly CANCELLED: JsonObject
  /** The operation failed and could not remove everything it had made. */
  readonly PARTIAL: {
    readonly leftovers: readonly Leftover[]
    /** Run it with `port.resumeOperation(cleanUp)` to remove the leftovers. */
    readonly cleanUp: OperationHandle<'cleanUp'>
    /** Why the operation itself failed. */
    readonly reason: ErrorJson
    /** Why the leftovers could not be removed. */
    readonly undoErrors: readonly ErrorJson[]
  }
  /** The endpoint answered something that this platform does not say. */
  readonly PROTOCOL: { readonly excerpt?: string }
  /** A failure that fits nothing else; `native` holds what the platform said. */
  readonly INTERNAL: JsonObject
}

/** Every code an error can have. */
export type ErrorCode = keyof ErrorDetails

/** Did the remote change? The field that every retry decision needs. */
export type ErrorOutcome = 'not-started' | 'unknown' | 'failed' | 'applied'

/** What the platform itself said. Never holds a header or a body. */
export interface NativeError {
  readonly code?: string
  readonly status?: number
  readonly text?: string
  /** The native task that failed. */
  readonly task?: string
}

/** An error as plain data, as it stands in handles and logs. */
export interface ErrorJson<C extends ErrorCode = ErrorCode> {
  readonly code: C
  readonly message: string
  readonly details: ErrorDetails[C]
  readonly retryable: boolean
  readonly outcome: ErrorOutcome
  readonly endpoint?: string
  readonly operation?: string
  readonly resource?: string
  readonly retryAfterMs?: number
  readonly native?: NativeError
}
