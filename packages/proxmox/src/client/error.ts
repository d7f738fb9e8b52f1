/**
 * What went wrong, in the client's own closed vocabulary. Decide on this, never on message texts.
 *
 * - `validation`: a parameter was refused, by us before sending or by the platform (400 with `errors`)
 * - `unauthenticated`: no, wrong or expired credentials; `tfa-required`: a second factor is wanted and none was given
 * - `permission-denied`: see `path` and `privileges`
 * - `not-found`, `already-exists`, `locked`, `lock-timeout`, `digest-mismatch`, `failed-precondition`,
 *   `agent-unavailable`, `resource-exhausted`: told by the platform's texts, at once or at the end of a task
 * - `unsupported`: this release has no such operation or parameter, or the storage cannot do it
 * - `node-unreachable`: the contacted node answers, but not the node behind it (595 to 599), or no quorum
 * - `unreachable`, `tls-untrusted`, `timeout`, `aborted`, `closed`: the connection to the contacted node, or the wait
 * - `protocol`: the answer is not what Proxmox VE sends
 * - `task-failed`: a task ended with a text of no known class; `task-lost`: the node no longer knows the task
 * - `internal`: the platform failed with a text of no known class
 */
export type ProxmoxErrorKind =
  | 'validation'
  | 'unauthenticated'
  | 'tfa-required'
  | 'permission-denied'
  | 'not-found'
  | 'already-exists'
  | 'locked'
  | 'lock-timeout'
  | 'digest-mismatch'
  | 'failed-precondition'
  | 'agent-unavailable'
  | 'resource-exhausted'
  | 'unsupported'
  | 'node-unreachable'
  | 'unreachable'
  | 'tls-untrusted'
  | 'timeout'
  | 'aborted'
  | 'closed'
  | 'protocol'
  | 'task-failed'
  | 'task-lost'
  | 'internal'

/**
 * Did the platform change? `not-started`: surely not. `failed`: it began, or may have begun, and said that it failed.
 * `unknown`: no answer, find out before repeating.
 */
export type ProxmoxOutcome = 'not-started' | 'failed' | 'unknown'

export interface ProxmoxErrorFields {
  readonly kind: ProxmoxErrorKind
  readonly message: string
  readonly outcome: ProxmoxOutcome
  /** The same call may succeed later, and repeating it is harmless. */
  readonly retryable: boolean
  /** host:port that was contacted. */
  readonly host?: string | undefined
  /** Operation, as in `GET /nodes/{node}/qemu`. */
  readonly operation?: string | undefined
  readonly status?: number | undefined
  /** Reason phrase of the status line; the only error text on releases whose answers have no `message`. */
  readonly reason?: string | undefined
  /** Refused parameters and why. */
  readonly errors?: Readonly<Record<string, string>> | undefined
  /** ACL path of a refused permission, as in `/vms/100`. */
  readonly path?: string | undefined
  /** Privileges of which one would have been enough. */
  readonly privileges?: readonly string[] | undefined
  /** Node on which it failed, where that is known; for 595 to 599 the node behind the contacted one. */
  readonly node?: string | undefined
  readonly upid?: string | undefined
  /** What was answered instead of Proxmox VE's JSON, short and with long words masked. */
  readonly excerpt?: string | undefined
  /** Kinds of second factor that would be accepted (`totp`, `recovery`, ...). */
  readonly factors?: readonly string[] | undefined
  readonly cause?: unknown
}

const brand = Symbol.for('dcm.proxmox.error')

/** Thrown by everything in `@dcm/proxmox/client`. Holds no secret; what is printed is decided by a list of fields. */
export class ProxmoxError extends Error {
  override readonly name = 'ProxmoxError'
  readonly kind: ProxmoxErrorKind
  readonly outcome: ProxmoxOutcome
  readonly retryable: boolean
  readonly host: string | undefined
  readonly operation: string | undefined
  readonly status: number | undefined
  readonly reason: string | undefined
  readonly errors: Readonly<Record<string, string>> | undefined
  readonly path: string | undefined
  readonly privileges: readonly string[] | undefined
  readonly node: string | undefined
  readonly upid: string | undefined
  readonly excerpt: string | undefined
  readonly factors: readonly string[] | undefined

  constructor(fields: ProxmoxErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.kind = fields.kind
    this.outcome = fields.outcome
    this.retryable = fields.retryable
    this.host = fields.host
    this.operation = fields.operation
    this.status = fields.status
    this.reason = fields.reason
    this.errors = fields.errors
    this.path = fields.path
    this.privileges = fields.privileges
    this.node = fields.node
    this.upid = fields.upid
    this.excerpt = fields.excerpt
    this.factors = fields.factors
  }

  /** Works across duplicate installs of this package, unlike `instanceof`. */
  static isInstance(value: unknown): value is ProxmoxError {
    return typeof value === 'object' && value !== null && brand in value
  }

  toJSON(): Record<string, unknown> {
    const printed: Record<string, unknown> = { name: this.name, message: this.message }
    for (const field of printedFields) {
      if (this[field] !== undefined) printed[field] = this[field]
    }
    return printed
  }
}

// On the prototype, so that neither shows among the own fields of an error.
Object.defineProperty(ProxmoxError.prototype, brand, { value: true })
Object.defineProperty(ProxmoxError.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspectProxmoxError })

function inspectProxmoxError(
  this: ProxmoxError,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { name: _name, message: _message, ...details } = this.toJSON()
  return `${this.stack ?? this.message} ${inspect(details, options)}`
}

/** The allow-list of printing. */
const printedFields = [
  'kind',
  'outcome',
  'retryable',
  'host',
  'operation',
  'status',
  'reason',
  'errors',
  'path',
  'privileges',
  'node',
  'upid',
  'excerpt',
  'factors',
] as const

/** A refusal before anything was sent: the remedy lies with the caller. */
export function refusal(
  message: string,
  more: { readonly operation?: string; readonly errors?: Readonly<Record<string, string>> } = {},
): ProxmoxError {
  return new ProxmoxError({ kind: 'validation', message, outcome: 'not-started', retryable: false, ...more })
}
