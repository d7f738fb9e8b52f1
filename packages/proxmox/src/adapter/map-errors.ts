import { type ErrorFields, type ErrorOutcome, type FailedCall, HypervisorError, type Problem } from '@dcm/core'
import { WireError } from '@dcm/wire'
import { ProxmoxError } from '../client/error.js'

/** What errors are told with. */
export interface ErrorContext extends Partial<FailedCall> {
  readonly endpoint: string
  /** Who we are at the platform: a token's id or a user's name. */
  readonly principal: string
  readonly credentials: 'token' | 'password'
}

const fingerprint = /\b[0-9A-F]{2}(?::[0-9A-F]{2}){31}\b/

/** What the client or the transport threw, as the port's error; undefined for anything else. */
export function mapError(thrown: unknown, context: ErrorContext): HypervisorError | undefined {
  if (ProxmoxError.isInstance(thrown)) return fromProxmox(thrown, context)
  return WireError.isInstance(thrown) ? fromWire(thrown, context) : undefined
}

function fromProxmox(error: ProxmoxError, context: ErrorContext): HypervisorError {
  const base = baseOf(error, context)
  const { message } = error
  switch (error.kind) {
    case 'validation':
      return new HypervisorError('INVALID_ARGUMENT', message, { ...base, details: { problems: problemsOf(error) } })
    case 'unauthenticated':
      return new HypervisorError('UNAUTHENTICATED', `${message}. ${credentialsRemedy(context)}`, {
        ...base,
        retryable: false,
        details: { reason: 'bad-credentials' },
      })
    case 'tfa-required':
      return new HypervisorError('UNAUTHENTICATED', message, { ...base, details: { reason: 'second-factor' } })
    case 'permission-denied':
      return permissionDenied(error, base, context)
    case 'not-found':
      return new HypervisorError('NOT_FOUND', message, base)
    case 'already-exists':
      return new HypervisorError('ALREADY_EXISTS', message, { ...base, details: { reason: 'id' } })
    case 'locked':
      return locked(error, base)
    case 'lock-timeout':
      return new HypervisorError('CONFLICT', `${message}. Another change holds the lock: try again in some seconds`, {
        ...base,
        retryable: true,
        details: { reason: 'locked' },
      })
    case 'digest-mismatch':
      return new HypervisorError('CONFLICT', `${message}. Somebody changed the VM meanwhile: read it again and retry`, {
        ...base,
        retryable: true,
        details: { reason: 'stale' },
      })
    case 'failed-precondition':
      return new HypervisorError('FAILED_PRECONDITION', message, base)
    case 'agent-unavailable':
      return new HypervisorError('FAILED_PRECONDITION', message, { ...base, details: { reason: 'agent-unavailable' } })
    case 'resource-exhausted':
      return new HypervisorError('RESOURCE_EXHAUSTED', message, base)
    case 'unsupported':
      return new HypervisorError('UNSUPPORTED', message, { ...base, details: { reason: message } })
    case 'node-unreachable':
      return unavailable(message, base, error.node ?? error.host)
    case 'unreachable':
      return unavailable(`${message}. ${addressRemedy}`, base, error.host)
    case 'tls-untrusted':
      return untrusted(message, base, error.host)
    case 'timeout':
      return new HypervisorError('TIMEOUT', message, base)
    case 'aborted':
      return new HypervisorError('CANCELLED', message, base)
    case 'closed':
      return new HypervisorError('FAILED_PRECONDITION', message, { ...base, details: { reason: 'closed' } })
    case 'protocol':
      return new HypervisorError('PROTOCOL', `${message}. Is this the API of a Proxmox VE node (port 8006)?`, {
        ...base,
        details: error.excerpt === undefined ? {} : { excerpt: error.excerpt },
      })
    case 'task-failed':
    case 'task-lost':
    case 'internal':
      return new HypervisorError('INTERNAL', message, base)
  }
}

type Base = Omit<ErrorFields<'INTERNAL'>, 'details'>

function baseOf(error: ProxmoxError, context: ErrorContext): Base {
  const text = error.reason ?? (error.upid === undefined ? undefined : error.message)
  return {
    endpoint: context.endpoint,
    ...about(context),
    retryable: error.retryable,
    outcome: error.outcome,
    native: {
      code: error.kind,
      ...(error.status !== undefined && { status: error.status }),
      ...(text !== undefined && { text }),
      ...(error.upid !== undefined && { task: error.upid }),
    },
    cause: error,
  }
}

function about(context: ErrorContext): { operation?: string; resource?: string } {
  return {
    ...(context.operation !== undefined && { operation: context.operation }),
    ...(context.resource !== undefined && { resource: context.resource }),
  }
}

function problemsOf(error: ProxmoxError): readonly Problem[] {
  if (error.errors === undefined) return [{ path: '', message: error.message }]
  return Object.entries(error.errors).map(([path, message]) => ({ path, message }))
}

function credentialsRemedy(context: ErrorContext): string {
  return context.credentials === 'token'
    ? `Check auth.tokenId ('${context.principal}' must be an existing token, as user@realm!name) and auth.secret (the value shown once when the token was made); the token may also have expired or been removed`
    : `Check auth.username ('${context.principal}', with its realm), auth.password, and that the user is enabled; it was tried once, so the account is not locked by us`
}

const addressRemedy =
  'Check host and port (Proxmox VE listens on 8006), that the node is up, and that no firewall stands in between'

function permissionDenied(error: ProxmoxError, base: Base, context: ErrorContext): HypervisorError {
  const on = error.path
  const missing = (error.privileges ?? []).map((privilege) => ({ privilege, ...(on !== undefined && { on }) }))
  const needed =
    missing.length === 0
      ? 'Give it a role with the privilege that the platform names'
      : `Give it a role with ${missing.map(({ privilege }) => privilege).join(' or ')} on ${on ?? '/'}`
  const separate = context.credentials === 'token' ? '; a token with privilege separation needs its own entry' : ''
  const message = `${error.message}. '${context.principal}' may not do this. ${needed} (Datacenter, Permissions)${separate}`
  return new HypervisorError('PERMISSION_DENIED', message, { ...base, details: { missing } })
}

function locked(error: ProxmoxError, base: Base): HypervisorError {
  const lock = /is locked \(([^)]*)\)/.exec(error.message)?.[1]
  return new HypervisorError('CONFLICT', `${error.message}. Try again when the other work has ended`, {
    ...base,
    retryable: true,
    details: { reason: 'locked', ...(lock !== undefined && { lock }) },
  })
}

function unavailable(message: string, base: Base, host: string | undefined): HypervisorError {
  return new HypervisorError('UNAVAILABLE', message, {
    ...base,
    retryable: true,
    details: host === undefined ? {} : { host },
  })
}

function untrusted(message: string, base: Base, host: string | undefined): HypervisorError {
  const presented = fingerprint.exec(message)?.[0]
  return new HypervisorError('TLS_UNTRUSTED', message, {
    ...base,
    retryable: false,
    details: {
      ...(host !== undefined && { host }),
      ...(presented !== undefined && { presentedFingerprint256: presented }),
    },
  })
}

function fromWire(error: WireError, context: ErrorContext): HypervisorError {
  const outcome: ErrorOutcome = error.outcome === 'not-sent' ? 'not-started' : 'unknown'
  const base: Base = {
    endpoint: context.endpoint,
    ...about(context),
    retryable: error.retryable,
    outcome,
    native: { code: error.kind },
    cause: error,
  }
  switch (error.kind) {
    case 'tls-untrusted':
    case 'tls-pin':
      return untrusted(error.message, base, error.host)
    case 'timeout':
      return new HypervisorError('TIMEOUT', error.message, base)
    case 'aborted':
      return new HypervisorError('CANCELLED', error.message, base)
    case 'body-too-large':
    case 'protocol':
      return new HypervisorError('PROTOCOL', error.message, { ...base, details: {} })
    case 'closed':
      return new HypervisorError('FAILED_PRECONDITION', error.message, { ...base, details: { reason: 'closed' } })
    default:
      return unavailable(`${error.message}. ${addressRemedy}`, base, error.host)
  }
}
