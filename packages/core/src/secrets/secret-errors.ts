import { HypervisorError } from '../errors/hypervisor-error.js'

/** What was given may be the secret itself, so the message does not show it. */
export function notASecretReference(hint: string): HypervisorError {
  return badReference(`this is no secret reference: ${hint}; to give a secret itself, write { secretValue }`)
}

export function badReference(message: string, cause?: unknown): HypervisorError {
  const details = { problems: [{ path: 'secretRef', message }] }
  return new HypervisorError('INVALID_ARGUMENT', message, { details, ...(cause !== undefined && { cause }) })
}

export function secretNotFound(reference: string, why: string, cause?: unknown): HypervisorError {
  return new HypervisorError('NOT_FOUND', `no secret at ${reference}: ${why}`, {
    details: { missing: [{ kind: 'secret', reference: { id: reference } }] },
    ...(cause !== undefined && { cause }),
  })
}
