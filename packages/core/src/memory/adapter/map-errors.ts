import type { ErrorCode, ErrorDetails, ErrorOutcome } from '../../errors/error-codes.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import { isMutation } from '../platform/native-calls.js'
import { type NativeCode, NativeRefusal, NoAnswer, StrangeAnswer } from '../platform/native-error.js'

/** Whom an error is about. */
export interface ErrorPlace {
  readonly endpoint: string
  /** The native call. */
  readonly call: string
  /** Id of the VM, where one was meant. */
  readonly vm?: string | undefined
  /** What to wait before the same call may succeed. */
  readonly retryAfterMs: number
}

/** Any failure of a native call, in the port's words. A refusal changed nothing; a call without an answer may have. */
export function mapError(reason: unknown, place: ErrorPlace): HypervisorError {
  const fields = { endpoint: place.endpoint, ...(place.vm !== undefined && { resource: place.vm }) }
  if (HypervisorError.isInstance(reason)) return reason
  if (reason instanceof NoAnswer) {
    const outcome = reason.sent && isMutation(place.call) ? 'unknown' : 'not-started'
    const message = `${reason.message}; check that the platform runs and can be reached`
    return new HypervisorError('UNAVAILABLE', message, {
      ...fields,
      outcome,
      retryAfterMs: place.retryAfterMs,
      cause: reason,
    })
  }
  if (reason instanceof StrangeAnswer) {
    const message = `'${place.call}' was answered with something that this platform does not say; is the address right?`
    return new HypervisorError('PROTOCOL', message, {
      ...fields,
      outcome: isMutation(place.call) ? 'unknown' : 'not-started',
      details: { excerpt: reason.excerpt.slice(0, 200) },
    })
  }
  if (!(reason instanceof NativeRefusal)) throw reason
  return refusal(reason, place, fields, 'not-started')
}

/** Why a task failed, in the port's words: it was begun and did not end well. */
export function mapTaskFailure(
  task: { readonly id: string; readonly code?: string; readonly text?: string },
  place: ErrorPlace,
): HypervisorError {
  // Tasks fail with the codes that calls are refused with.
  const code = (task.code ?? 'BROKEN') as NativeCode
  const fields = { endpoint: place.endpoint, ...(place.vm !== undefined && { resource: place.vm }) }
  return refusal(new NativeRefusal(code, task.text ?? 'the task failed'), place, fields, 'failed', task.id)
}

interface Row<C extends ErrorCode> {
  readonly code: C
  readonly retryable?: boolean
  /** What to do about it. */
  readonly remedy: string
  details?(refused: NativeRefusal, place: ErrorPlace): ErrorDetails[C]
}

type AnyRow = { [C in ErrorCode]: Row<C> }[ErrorCode]

/** Every native code. */
const table: { readonly [N in NativeCode]: AnyRow } = {
  BAD_LOGIN: {
    code: 'UNAUTHENTICATED',
    remedy: 'give the right user and password in the configuration',
    details: () => ({ reason: 'bad-credentials' }),
  },
  SESSION_EXPIRED: { code: 'UNAUTHENTICATED', remedy: 'log in again', details: () => ({ reason: 'expired' }) },
  NOT_PERMITTED: {
    code: 'PERMISSION_DENIED',
    remedy: 'give the account the right that is missing',
    details: ({ facts }) => ({ missing: facts.right === undefined ? [] : [{ privilege: facts.right }] }),
  },
  NO_SUCH_VM: {
    code: 'NOT_FOUND',
    remedy: 'list the VMs to see what is there',
    details: (_refused, { vm }) => ({ missing: vm === undefined ? [] : [{ kind: 'vm', reference: { id: vm } }] }),
  },
  NO_SUCH_OBJECT: {
    code: 'NOT_FOUND',
    remedy: 'list the resources to see what is there',
    details: () => ({ missing: [] }),
  },
  NO_SUCH_CALL: { code: 'UNSUPPORTED', remedy: 'use the same version on both sides' },
  DUPLICATE_ID: { code: 'ALREADY_EXISTS', remedy: 'choose another id', details: () => ({ reason: 'id' }) },
  DUPLICATE_CLAIM: {
    code: 'ALREADY_EXISTS',
    remedy: 'use another idempotency key',
    details: () => ({ reason: 'idempotency-key' }),
  },
  DUPLICATE_NAME: { code: 'ALREADY_EXISTS', remedy: 'choose another name', details: () => ({ reason: 'name' }) },
  REPLACED: {
    code: 'CONFLICT',
    remedy: 'the VM meant is gone; get the one that is there now and look at it first',
    details: () => ({ reason: 'stale' }),
  },
  MARKED: {
    code: 'CONFLICT',
    retryable: true,
    remedy: 'look at the VM again',
    details: () => ({ reason: 'stale' }),
  },
  LOCKED: {
    code: 'CONFLICT',
    retryable: true,
    remedy: 'wait until the lock is gone',
    details: ({ facts }) => ({ reason: 'locked', ...(facts.lock !== undefined && { lock: facts.lock }) }),
  },
  WRONG_STATE: { code: 'FAILED_PRECONDITION', remedy: 'bring the VM into the right state first' },
  NO_SPACE: { code: 'RESOURCE_EXHAUSTED', remedy: 'free room or choose another datastore', details: capacity },
  NO_MEMORY: { code: 'RESOURCE_EXHAUSTED', remedy: 'stop other VMs or choose another host', details: capacity },
  BAD_VALUE: {
    code: 'INVALID_ARGUMENT',
    remedy: 'mend the value',
    details: ({ message }) => ({ problems: [{ path: '', message }] }),
  },
  TOO_MANY_CLONES: { code: 'RATE_LIMITED', remedy: 'wait until a clone has ended' },
  HOST_DOWN: {
    code: 'UNAVAILABLE',
    remedy: 'bring the host back',
    details: ({ facts }) => (facts.host === undefined ? {} : { host: facts.host }),
  },
  NO_TOOLS: {
    code: 'FAILED_PRECONDITION',
    remedy: "stop it with mode 'hard', or install the guest tools",
    details: () => ({ reason: 'no-guest-tools' }),
  },
  NO_AGENT: {
    code: 'FAILED_PRECONDITION',
    remedy: 'start the VM, or install the guest agent',
    details: () => ({ reason: 'no-agent' }),
  },
  NO_SUCH_FILE: {
    code: 'NOT_FOUND',
    remedy: 'give the path of a file that is there',
    details: () => ({ missing: [] }),
  },
  IN_USE: {
    code: 'FAILED_PRECONDITION',
    remedy: 'remove what needs it first',
    details: () => ({ reason: 'in-use' }),
  },
  OVERLOADED: { code: 'UNAVAILABLE', remedy: 'try again later' },
  BROKEN: { code: 'INTERNAL', remedy: 'see what the platform said' },
}

function capacity({ facts }: NativeRefusal): ErrorDetails['RESOURCE_EXHAUSTED'] {
  const { resource, requested, available } = facts
  return {
    ...(resource !== undefined && { resource }),
    ...(requested !== undefined && { requested }),
    ...(available !== undefined && { available }),
  }
}

function refusal(
  refused: NativeRefusal,
  place: ErrorPlace,
  fields: { readonly endpoint: string; readonly resource?: string },
  outcome: ErrorOutcome,
  task?: string,
): HypervisorError {
  // A platform of a later version may refuse for reasons that the table does not know.
  const row = Object.hasOwn(table, refused.code) ? table[refused.code] : table.BROKEN
  const details = row.details?.(refused, place)
  const message = `${refused.message}; ${row.remedy}`
  const native = { code: refused.code, text: refused.message, ...(task !== undefined && { task }) }
  const again = new HypervisorError(row.code, '').retryable || row.retryable === true
  // Code and details stand in one row of the table, which the compiler cannot follow through the union.
  return new HypervisorError<ErrorCode>(row.code, message, {
    ...fields,
    outcome,
    native,
    retryable: again && outcome === 'not-started',
    ...(again && { retryAfterMs: place.retryAfterMs }),
    ...(details && { details }),
  }) as HypervisorError
}
