import { codeOf, type WireErrorKind, withoutBaggage } from './wire-error.js'

/** A connection could not be opened. What it was for is not known here, so it is no WireError yet. */
export class ConnectFailure extends Error {
  readonly kind: WireErrorKind
  /** May the next attempt fare better? */
  readonly transient: boolean

  constructor(kind: WireErrorKind, transient: boolean, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause: withoutBaggage(cause) })
    this.kind = kind
    this.transient = transient
  }
}

/** Names what failed while name and TCP connection of `host` were being dealt with. */
export function tcpFailure(error: unknown, host: string): ConnectFailure {
  const cause = firstOf(error)
  const code = codeOf(cause) ?? 'unknown reason'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code.startsWith('EAI_')) {
    const message = `the name of ${host} could not be resolved (${code}): check its spelling and the name server`
    return new ConnectFailure('dns', code === 'EAI_AGAIN', message, cause)
  }
  const advice =
    code === 'ECONNREFUSED'
      ? 'nothing listens there: check the port, and whether the service runs'
      : 'check address, port and firewall'
  return new ConnectFailure('connect', true, `no connection to ${host} (${code}): ${advice}`, cause)
}

/** Names what failed during the TLS handshake with `host`. */
export function tlsFailure(error: unknown, host: string): ConnectFailure {
  const code = codeOf(error) ?? ''
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER/.test(code)) {
    const message = `${host} does not speak TLS on this port (${code}): check the port`
    return new ConnectFailure('protocol', false, message, error)
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER/.test(code)) {
    const message = `${host} and this client share no TLS version or cipher (${code}): update the server, or lower minVersion`
    return new ConnectFailure('protocol', false, message, error)
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_OSSL_') || code === 'EPROTO') {
    return new ConnectFailure('protocol', false, `the TLS handshake with ${host} failed (${code})`, error)
  }
  return new ConnectFailure(
    'connect',
    true,
    `${host} ended the connection during the TLS handshake (${code || 'closed'}): check that this port speaks TLS`,
    error,
  )
}

/** Trying several addresses of a name fails with all their errors; the first is as good as any. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
}
