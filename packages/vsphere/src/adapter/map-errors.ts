import { type ErrorFields, type FailedCall, HypervisorError } from '@dcm/core'
import { WireError } from '@dcm/wire'
import { isFault, VsphereError } from '../client/error.js'

/** What errors are told with. */
export interface ErrorContext extends Partial<FailedCall> {
  readonly endpoint: string
  /** Who we are at the platform. */
  readonly principal: string
}

type Base = Omit<ErrorFields<'INTERNAL'>, 'details'>

/** What the client or the transport threw, as the port's error; undefined for anything else. */
export function mapError(thrown: unknown, context: ErrorContext): HypervisorError | undefined {
  if (VsphereError.isInstance(thrown)) return fromVsphere(thrown, context)
  if (!WireError.isInstance(thrown)) return undefined
  return new HypervisorError('UNAVAILABLE', thrown.message, {
    endpoint: context.endpoint,
    ...about(context),
    outcome: 'unknown',
    details: { host: thrown.host },
    cause: thrown,
  })
}

function fromVsphere(error: VsphereError, context: ErrorContext): HypervisorError {
  const base = baseOf(error, context)
  const message = messageOf(error)
  switch (error.kind) {
    case 'validation':
      return new HypervisorError('INVALID_ARGUMENT', message, {
        ...base,
        details: { problems: [{ path: '', message }] },
      })
    case 'unauthenticated':
      return new HypervisorError('UNAUTHENTICATED', `${message}. ${credentialsRemedy(context)}`, {
        ...base,
        retryable: false,
        details: { reason: 'bad-credentials' },
      })
    case 'permission-denied':
      return permissionDenied(error, message, base, context)
    case 'not-found':
      return new HypervisorError('NOT_FOUND', message, base)
    case 'already-exists':
      return new HypervisorError('ALREADY_EXISTS', message, { ...base, details: { reason: 'name' } })
    case 'conflict':
      return new HypervisorError('CONFLICT', message, {
        ...base,
        details: { reason: isFault(error, 'ConcurrentAccess') ? 'stale' : 'locked' },
      })
    case 'failed-precondition':
      return new HypervisorError('FAILED_PRECONDITION', message, {
        ...base,
        ...(error.faultName !== undefined && { details: { reason: error.faultName } }),
      })
    case 'resource-exhausted':
      return new HypervisorError('RESOURCE_EXHAUSTED', message, base)
    case 'unsupported':
      return new HypervisorError('UNSUPPORTED', message, { ...base, details: { reason: message } })
    case 'cancelled':
    case 'aborted':
      return new HypervisorError('CANCELLED', message, base)
    case 'unreachable':
      return new HypervisorError('UNAVAILABLE', `${message}. ${addressRemedy}`, {
        ...base,
        retryable: true,
        details: error.host === undefined ? {} : { host: error.host },
      })
    case 'tls-untrusted':
      return untrusted(error, message, base)
    case 'timeout':
      return new HypervisorError('TIMEOUT', message, base)
    case 'closed':
      return new HypervisorError('FAILED_PRECONDITION', message, { ...base, details: { reason: 'closed' } })
    case 'protocol':
      return new HypervisorError('PROTOCOL', `${message}. Is this a vCenter or an ESXi host (port 443)?`, {
        ...base,
        ...(error.excerpt !== undefined && { details: { excerpt: error.excerpt } }),
      })
    case 'task-lost':
    case 'internal':
      return new HypervisorError('INTERNAL', message, base)
  }
}

const addressRemedy = 'Check the url, that the server is up, and that no firewall stands in between'

function baseOf(error: VsphereError, context: ErrorContext): Base {
  return {
    endpoint: context.endpoint,
    ...about(context),
    retryable: error.retryable,
    outcome: error.outcome,
    native: {
      code: error.faultName ?? error.kind,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.task !== undefined && { task: error.task }),
    },
    cause: error,
  }
}

/** The message with what only the chain of causes says. */
function messageOf(error: VsphereError): string {
  const deeper = error.causes.flatMap(({ messages }) => messages).filter((text) => !error.message.includes(text))
  return deeper.length === 0 ? error.message : `${error.message}: ${[...new Set(deeper)].slice(0, 4).join('; ')}`
}

function about(context: ErrorContext): { operation?: string; resource?: string } {
  return {
    ...(context.operation !== undefined && { operation: context.operation }),
    ...(context.resource !== undefined && { resource: context.resource }),
  }
}

function credentialsRemedy({ principal }: ErrorContext): string {
  return `Check auth ('${principal}', with its domain, as ops@vsphere.local); it was tried once, so the account is not locked by us`
}

function permissionDenied(
  error: VsphereError,
  message: string,
  base: Base,
  { principal }: ErrorContext,
): HypervisorError {
  const on = isFault(error, 'NoPermission') && 'object' in error.fault ? error.fault.object?.value : undefined
  if (isFault(error, 'GuestOperationsFault')) {
    const text = `${message}. The guest refuses it: check login, an account of the guest and not of vSphere, and what it may do there`
    return new HypervisorError('PERMISSION_DENIED', text, { ...base, details: { missing: [] } })
  }
  const { privilege } = error
  const missing = privilege === undefined ? [] : [{ privilege, ...(on !== undefined && { on }) }]
  const needed = privilege === undefined ? 'the privilege that the platform names' : privilege
  const text = `${message}. '${principal}' may not do this: give it a role with ${needed}${on === undefined ? '' : ` on ${on}`}`
  return new HypervisorError('PERMISSION_DENIED', text, { ...base, details: { missing } })
}

const fingerprint = /\b[0-9A-F]{2}(?::[0-9A-F]{2}){31}\b/

function untrusted(error: VsphereError, message: string, base: Base): HypervisorError {
  const presented = fingerprint.exec(message)?.[0]
  return new HypervisorError('TLS_UNTRUSTED', message, {
    ...base,
    retryable: false,
    details: {
      ...(error.host !== undefined && { host: error.host }),
      ...(presented !== undefined && { presentedFingerprint256: presented }),
    },
  })
}
