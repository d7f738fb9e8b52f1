import { HypervisorError } from '../errors/hypervisor-error.js'

/** What was given may be the secret itself, so the message does not show it. */
export function notASecretReference(hint: string): HypervisorError {
  const message = `this is no secret reference that is known here: ${hint}; to give a secret itself, write { secretValue }`
  return new HypervisorError('INVALID_ARGUMENT', message, { details: { problems: [{ path: '', message }] } })
}

export function secretNotFound(reference: string, why: string, cause?: unknown): HypervisorError {
  return new HypervisorError('NOT_FOUND', `no secret at ${reference}: ${why}`, {
    details: { missing: [{ kind: 'secret', reference: { id: reference } }] },
    ...(cause !== undefined && { cause }),
  })
}
