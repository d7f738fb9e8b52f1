import type { Vim25Types } from '../generated/types.js'

/**
 * What went wrong, in the client's own closed vocabulary. Decide on this, or on the fault; never on message texts.
 *
 * - `validation`: refused by us before sending, or an argument that the server refuses
 * - `unauthenticated`: no, wrong or expired credentials; a login that failed is not repeated
 * - `permission-denied`, `not-found`, `already-exists`, `conflict`, `failed-precondition`, `resource-exhausted`, `unsupported`,
 *   `cancelled`: told by a fault, at once or at the end of a task
 * - `unreachable`, `tls-untrusted`, `timeout`, `aborted`, `closed`: the connection, or the wait
 * - `protocol`: the answer is not what a vSphere server sends
 * - `task-lost`: the server no longer knows the task
 * - `internal`: a fault of no known class
 */
export type VsphereErrorKind =
  | 'validation'
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'failed-precondition'
  | 'resource-exhausted'
  | 'unsupported'
  | 'cancelled'
  | 'unreachable'
  | 'tls-untrusted'
  | 'timeout'
  | 'aborted'
  | 'closed'
  | 'protocol'
  | 'task-lost'
  | 'internal'

/**
 * Did the server change? `not-started`: surely not. `failed`: it began, or may have begun, and said that it failed.
 * `unknown`: no answer, find out before repeating.
 */
export type VsphereOutcome = 'not-started' | 'failed' | 'unknown'

/** One link of the chain of causes that a fault brings along, outermost first. */
export interface FaultCause {
  /** Type of the fault, as in `InvalidVmConfig`. */
  readonly name: string
  /** Texts of the server, in its language; often the only place that says the true reason. */
  readonly messages: readonly string[]
}

export interface VsphereErrorFields {
  readonly kind: VsphereErrorKind
  readonly message: string
  readonly outcome: VsphereOutcome
  /** The same call may succeed later, and repeating it is harmless. */
  readonly retryable: boolean
  /** host:port that was contacted. */
  readonly host?: string | undefined
  /** Method, as in `CloneVM_Task`. */
  readonly operation?: string | undefined
  /** By which the call is found in the logs of the server, as in `dcm-1f3a9c2e-12`. */
  readonly operationId?: string | undefined
  /** Object that it was called on, as in `VirtualMachine:vm-12`. */
  readonly object?: string | undefined
  readonly status?: number | undefined
  /** Type of the fault and the types that it extends, most specific first. */
  readonly faultNames?: readonly string[] | undefined
  /** The fault as it was decoded; not printed. */
  readonly fault?: unknown
  readonly causes?: readonly FaultCause[] | undefined
  /** Privilege that was missing, as in `VirtualMachine.Interact.PowerOn`. */
  readonly privilege?: string | undefined
  /** Id of the task that failed. */
  readonly task?: string | undefined
  /** How a strange answer begins, with long words masked. */
  readonly excerpt?: string | undefined
  readonly cause?: unknown
}

const brand = Symbol.for('dcm.vsphere.error')

/** Thrown by everything in `@dcm/vsphere/client`. Holds no secret; what is printed is decided by a list of fields. */
export class VsphereError extends Error {
  override readonly name = 'VsphereError'
  readonly kind: VsphereErrorKind
  readonly outcome: VsphereOutcome
  readonly retryable: boolean
  readonly host: string | undefined
  readonly operation: string | undefined
  /** By which the call is found in the logs of the server. */
  readonly operationId: string | undefined
  readonly object: string | undefined
  readonly status: number | undefined
  readonly faultNames: readonly string[]
  readonly causes: readonly FaultCause[]
  readonly privilege: string | undefined
  readonly task: string | undefined
  readonly excerpt: string | undefined
  /** The fault as the server sent it, decoded; `isFault` tells its type. */
  readonly fault: unknown

  constructor(fields: VsphereErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.kind = fields.kind
    this.outcome = fields.outcome
    this.retryable = fields.retryable
    this.host = fields.host
    this.operation = fields.operation
    this.operationId = fields.operationId
    this.object = fields.object
    this.status = fields.status
    this.faultNames = fields.faultNames ?? []
    this.causes = fields.causes ?? []
    this.privilege = fields.privilege
    this.task = fields.task
    this.excerpt = fields.excerpt
    this.fault = fields.fault
    Object.defineProperty(this, 'fault', { enumerable: false })
  }

  /** Works across duplicate installs of this package, unlike `instanceof`. */
  static isInstance(value: unknown): value is VsphereError {
    return typeof value === 'object' && value !== null && brand in value
  }

  /** Type of the fault, as in `DuplicateName`. */
  get faultName(): string | undefined {
    return this.faultNames[0]
  }

  toJSON(): Record<string, unknown> {
    const printed: Record<string, unknown> = { name: this.name, message: this.message }
    for (const field of printedFields) {
      const value = this[field]
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) printed[field] = value
    }
    return printed
  }
}

// On the prototype, so that neither shows among the own fields of an error.
Object.defineProperty(VsphereError.prototype, brand, { value: true })
Object.defineProperty(VsphereError.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspectVsphereError })

function inspectVsphereError(
  this: VsphereError,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { name: _name, message: _message, ...details } = this.toJSON()
  return `${this.stack ?? this.message} ${inspect(details, options)}`
}

/** The allow-list of printing. Faults themselves are not on it: some hold tickets. */
const printedFields = [
  'kind',
  'outcome',
  'retryable',
  'host',
  'operation',
  'operationId',
  'object',
  'status',
  'faultNames',
  'causes',
  'privilege',
  'task',
  'excerpt',
] as const

/** Whether an error brings this fault, or one that extends it: `isFault(error, 'DuplicateName') && error.fault.name`. */
export function isFault<Name extends keyof Vim25Types & string>(
  error: unknown,
  name: Name,
): error is VsphereError & { readonly fault: Vim25Types[Name] } {
  return VsphereError.isInstance(error) && error.faultNames.includes(name)
}

/** A refusal before anything was sent: the remedy lies with the caller. */
export function refusal(message: string, operation?: string): VsphereError {
  return new VsphereError({ kind: 'validation', message, outcome: 'not-started', retryable: false, operation })
}
