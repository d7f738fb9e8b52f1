import type { ErrorCode, ErrorDetails, ErrorJson, ErrorOutcome, NativeError } from './error-codes.js'

const brand: unique symbol = Symbol.for('dcm.HypervisorError') as never
const inspect = Symbol.for('nodejs.util.inspect.custom')

/** Everything beside code and message. Codes whose details have a required field demand `details`. */
export interface ErrorFields<C extends ErrorCode> {
  readonly details?: ErrorDetails[C]
  /** May the same call succeed later, unchanged? Default: true for UNAVAILABLE, RATE_LIMITED and TIMEOUT. */
  readonly retryable?: boolean
  /** Did the remote change? Default `not-started`. */
  readonly outcome?: ErrorOutcome
  readonly endpoint?: string
  readonly operation?: string
  readonly resource?: string
  readonly retryAfterMs?: number
  readonly native?: NativeError
  readonly cause?: unknown
}

const retryableByDefault: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'TIMEOUT'])

const emptyDetails: { readonly [C in ErrorCode]?: ErrorDetails[C] } = {
  INVALID_ARGUMENT: { problems: [] },
  PERMISSION_DENIED: { missing: [] },
  NOT_FOUND: { missing: [] },
  AMBIGUOUS: { references: [] },
}

class BrandedError<C extends ErrorCode> extends Error {
  readonly code: C
  readonly details: ErrorDetails[C]
  readonly retryable: boolean
  readonly outcome: ErrorOutcome
  readonly endpoint: string | undefined
  readonly operation: string | undefined
  readonly resource: string | undefined
  readonly retryAfterMs: number | undefined
  readonly native: NativeError | undefined

  constructor(code: C, message: string, fields: ErrorFields<C> = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.name = 'HypervisorError'
    this.code = code
    // Codes without an entry have only optional details, so the empty object fits them.
    this.details = fields.details ?? emptyDetails[code] ?? ({} as ErrorDetails[C])
    this.retryable = fields.retryable ?? retryableByDefault.has(code)
    this.outcome = fields.outcome ?? 'not-started'
    this.endpoint = fields.endpoint
    this.operation = fields.operation
    this.resource = fields.resource
    this.retryAfterMs = fields.retryAfterMs
    this.native = fields.native
    Object.defineProperty(this, brand, { value: true })
    // A cause may hold anything, also secrets: it stays reachable, but nothing prints it.
    if ('cause' in this) Object.defineProperty(this, 'cause', { value: this.cause, enumerable: false })
  }

  /** Is `value` an error of this SDK, also one made by another copy of this package? */
  static isInstance(value: unknown): value is HypervisorError {
    return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true
  }

  /** The error that `toJSON` gave. */
  static fromJSON(json: ErrorJson): HypervisorError {
    const { code, message, ...fields } = json
    // `code` and `details` of one ErrorJson belong together, which the compiler cannot follow through the spread.
    return new BrandedError<ErrorCode>(code, message, fields as ErrorFields<ErrorCode>) as HypervisorError
  }

  /** An allow-list: only what is named here is ever printed or stored. */
  toJSON(): ErrorJson<C> {
    return {
      code: this.code,
      message: this.message,
      details: this.details,
      retryable: this.retryable,
      outcome: this.outcome,
      ...(this.endpoint !== undefined && { endpoint: this.endpoint }),
      ...(this.operation !== undefined && { operation: this.operation }),
      ...(this.resource !== undefined && { resource: this.resource }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.native !== undefined && { native: this.native }),
    }
  }
}

// Node's own inspect looks for this symbol; a computed member could not stand in a class that declarations are made of.
Object.defineProperty(BrandedError.prototype, inspect, {
  value(
    this: BrandedError<ErrorCode>,
    _depth: number,
    options: unknown,
    show: (value: unknown, options: unknown) => string,
  ) {
    const { message, ...facts } = this.toJSON()
    return `HypervisorError: ${message} ${show(facts, options)}`
  },
})

/**
 * The one error type of the port. Narrow it by `code`:
 * `if (error.code === 'AMBIGUOUS') console.log(error.details.references)`.
 */
export type HypervisorError = { [C in ErrorCode]: BrandedError<C> }[ErrorCode]

/** Makes and recognises errors: `new HypervisorError('NOT_FOUND', 'no VM 105; list the VMs to see what is there')`. */
export const HypervisorError: {
  new <C extends ErrorCode>(code: C, message: string, fields?: ErrorFields<C>): BrandedError<C>
  isInstance(value: unknown): value is HypervisorError
  fromJSON(json: ErrorJson): HypervisorError
} = BrandedError
