/** What went wrong between us and the server, below HTTP statuses: a status of any value is an answer, not an error. */
export type WireErrorKind =
  | 'dns'
  | 'connect'
  | 'tls-untrusted'
  | 'tls-pin'
  | 'proxy'
  | 'timeout'
  | 'aborted'
  | 'reset'
  | 'body-too-large'
  | 'protocol'
  | 'closed'

/**
 * Did the request reach the server?
 * `not-sent`: surely no byte of it left. `unknown`: it may have been acted upon. `answered`: a complete or partial answer arrived.
 */
export type WireOutcome = 'not-sent' | 'unknown' | 'answered'

export interface WireErrorFields {
  readonly kind: WireErrorKind
  readonly outcome: WireOutcome
  /** Says what to do; never holds a secret. */
  readonly message: string
  /** Would sending the same request again be both safe and sensible? */
  readonly retryable: boolean
  /** `name:port` of the server. */
  readonly host: string
  readonly method?: string | undefined
  /** Without the query. */
  readonly path?: string | undefined
  readonly cause?: unknown
}

const BRAND = Symbol.for('@dcm/wire/WireError')
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** The one error of this package. Printing it shows the fields below and nothing else. */
export class WireError extends Error {
  readonly kind: WireErrorKind
  readonly outcome: WireOutcome
  readonly retryable: boolean
  readonly host: string
  readonly method?: string
  readonly path?: string

  constructor(fields: WireErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.kind = fields.kind
    this.outcome = fields.outcome
    this.retryable = fields.retryable
    this.host = fields.host
    if (fields.method !== undefined) this.method = fields.method
    if (fields.path !== undefined) this.path = fields.path
  }

  /** Works across duplicate installations of this package. */
  static isInstance(value: unknown): value is WireError {
    return typeof value === 'object' && value !== null && BRAND in value
  }

  toJSON(): Record<string, unknown> {
    const { kind, outcome, retryable, host, method, path, message } = this
    return { name: this.name, kind, outcome, retryable, host, method, path, message, cause: summaryOf(this.cause) }
  }
}

// On the prototype, so that neither shows up among the own fields of an error.
Object.defineProperty(WireError.prototype, 'name', { value: 'WireError', configurable: true, writable: true })
Object.defineProperty(WireError.prototype, BRAND, { value: true })
Object.defineProperty(WireError.prototype, INSPECT, { value: inspectWireError })

function inspectWireError(
  this: WireError,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { name: _name, message: _message, ...fields } = this.toJSON()
  const shown = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return `${this.stack ?? `${this.name}: ${this.message}`} ${inspect(shown, { ...options, depth: 2 })}`
}

/** Name, code and message of a cause: its other fields may hold parts of a request or an answer. */
function summaryOf(cause: unknown): { name: string; code?: string; message: string } | undefined {
  if (!(cause instanceof Error)) return undefined
  const code = codeOf(cause)
  return { name: cause.name, ...(code === undefined ? {} : { code }), message: cause.message }
}

/** The `code` of a system, TLS or undici error. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * A copy of a lower layer's error with name, code, message and stack alone: parser errors carry the bytes they failed on,
 * and whoever prints `error.cause` would print them.
 */
export function withoutBaggage(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('a lower layer threw something that is not an error')
  const copy = new Error(error.message)
  copy.name = error.name
  if (error.stack !== undefined) copy.stack = error.stack
  const code = codeOf(error)
  return code === undefined ? copy : Object.assign(copy, { code })
}
