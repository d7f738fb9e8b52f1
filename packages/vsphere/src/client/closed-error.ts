import { VsphereError } from './error.js'

/** The client was closed before, or while, something was asked of it. */
export function closedError(host: string, operation?: string, object?: string): VsphereError {
  const message = 'this client was closed'
  return new VsphereError({
    kind: 'closed',
    message: operation === undefined ? message : `${operation}: ${message}`,
    outcome: 'not-started',
    retryable: false,
    host,
    operation,
    object,
  })
}
