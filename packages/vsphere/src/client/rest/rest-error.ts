import { type FaultCause, VsphereError, type VsphereErrorKind } from '../error.js'

interface ErrorClass {
  readonly kind: VsphereErrorKind
  readonly retryable?: true
}

/** What the services' own types of errors mean. */
const classes: Readonly<Record<string, ErrorClass>> = {
  ALREADY_EXISTS: { kind: 'already-exists' },
  ALREADY_IN_DESIRED_STATE: { kind: 'failed-precondition' },
  CANCELED: { kind: 'cancelled' },
  CONCURRENT_CHANGE: { kind: 'conflict' },
  FEATURE_IN_USE: { kind: 'conflict' },
  INVALID_ARGUMENT: { kind: 'validation' },
  INVALID_ELEMENT_CONFIGURATION: { kind: 'validation' },
  INVALID_ELEMENT_TYPE: { kind: 'validation' },
  INVALID_REQUEST: { kind: 'validation' },
  NOT_ALLOWED_IN_CURRENT_STATE: { kind: 'failed-precondition' },
  NOT_FOUND: { kind: 'not-found' },
  OPERATION_NOT_FOUND: { kind: 'unsupported' },
  RESOURCE_BUSY: { kind: 'conflict', retryable: true },
  RESOURCE_IN_USE: { kind: 'conflict', retryable: true },
  RESOURCE_INACCESSIBLE: { kind: 'unreachable' },
  SERVICE_UNAVAILABLE: { kind: 'unreachable', retryable: true },
  TIMED_OUT: { kind: 'timeout' },
  UNABLE_TO_ALLOCATE_RESOURCE: { kind: 'resource-exhausted' },
  UNAUTHENTICATED: { kind: 'unauthenticated' },
  UNAUTHORIZED: { kind: 'permission-denied' },
  UNEXPECTED_INPUT: { kind: 'validation' },
  UNSUPPORTED: { kind: 'unsupported' },
  UNVERIFIED_PEER: { kind: 'tls-untrusted' },
}

/** For answers that do not say what is wrong, as those of a proxy, or of a service that is not there. */
const byStatus: Readonly<Record<number, ErrorClass>> = {
  400: { kind: 'validation' },
  401: { kind: 'unauthenticated' },
  403: { kind: 'permission-denied' },
  404: { kind: 'not-found' },
  409: { kind: 'conflict' },
  429: { kind: 'unreachable', retryable: true },
  500: { kind: 'internal' },
  502: { kind: 'unreachable' },
  503: { kind: 'unreachable', retryable: true },
  504: { kind: 'unreachable' },
}

export interface RestFailure {
  readonly host: string
  /** Key of the call. */
  readonly operation: string
  readonly operationId?: string | undefined
  readonly status: number
  /** Parsed where it is JSON. */
  readonly body: unknown
  readonly read: boolean
}

/** The error of an answer with another status than 2xx. Both forms are understood: decide by the type, not by the status. */
export function readRestError({ host, operation, operationId, status, body, read }: RestFailure): VsphereError {
  const cause = causeIn(body)
  const known = cause === undefined ? undefined : classes[cause.name]
  const { kind, retryable = false } = known ?? byStatus[status] ?? { kind: 'protocol' }
  const said = cause?.messages.join('; ') ?? ''
  return new VsphereError({
    kind,
    message: `${operation}: ${said === '' ? (cause?.name ?? `the server answers with status ${status}`) : said}`,
    outcome: read || retryable || status < 500 ? 'not-started' : known === undefined ? 'unknown' : 'failed',
    retryable,
    host,
    operation,
    operationId,
    status,
    ...(cause !== undefined && { causes: [cause] }),
  })
}

/** An answer of status 200 that tells of failures: some calls say so in the result alone. */
export function readFailedResult(
  { host, operation, operationId, status }: Omit<RestFailure, 'body' | 'read'>,
  result: unknown,
): VsphereError | undefined {
  const members = Object(result)
  const errors = members.error?.errors
  const isFailed = members.success === false || members.succeeded === false
  // vcsim leaves out what is false.
  if (!isFailed && !(members.succeeded === undefined && Array.isArray(errors) && errors.length > 0)) return undefined
  const messages = [...textsIn(members.error_messages), ...textsIn(errors)]
  return new VsphereError({
    kind: 'failed-precondition',
    message: `${operation}: ${messages.length === 0 ? 'it did not succeed' : messages.join('; ')}`,
    outcome: 'failed',
    retryable: false,
    host,
    operation,
    operationId,
    status,
    causes: [{ name: 'ERROR', messages }],
  })
}

function causeIn(body: unknown): FaultCause | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  if ('error_type' in body && typeof body.error_type === 'string') {
    return { name: body.error_type, messages: textsIn('messages' in body ? body.messages : undefined) }
  }
  if (!('type' in body) || typeof body.type !== 'string') return undefined
  const name = body.type.slice(body.type.lastIndexOf('.') + 1).toUpperCase()
  return { name, messages: textsIn('value' in body ? Object(body.value).messages : undefined) }
}

/** The server's texts, wherever they stand in a list of messages: some messages hold another error. */
function textsIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    const { default_message: text, message, error, issues } = Object(entry)
    if (typeof text === 'string') return text === '' ? [] : [text]
    if (typeof message === 'string') return [message]
    const nested = message === undefined ? [] : [message]
    return [...textsIn(nested), ...textsIn(Object(error).messages), ...textsIn(issues)]
  })
}
