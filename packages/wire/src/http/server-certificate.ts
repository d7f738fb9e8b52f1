import { connectionSettings } from './settings.js'
import type { TransportOptions } from './transport-types.js'
import { WireError } from './wire-error.js'

export type ServerCertificateOptions = Pick<TransportOptions, 'baseUrl' | 'proxy' | 'minVersion' | 'connectTimeoutMs'>

export interface ServerCertificate {
  /** SHA-256 as `AA:BB:..`. */
  readonly fingerprint256: string
  /** SHA-1 as `AA:BB:..`: the thumbprint vSphere shows. */
  readonly fingerprint1: string
  readonly subject: string
  readonly issuer: string
  /** End of validity, ISO 8601. */
  readonly validTo: string
}

/**
 * The certificate a server presents, without trusting it and without sending a request: for messages of the kind "here is
 * the fingerprint to pin". Rejects with WireError of outcome `not-sent`.
 */
export async function readServerCertificate(options: ServerCertificateOptions): Promise<ServerCertificate> {
  // Nothing else is taken over: whole transport options, with a pin that no longer fits, may be given as well.
  const { baseUrl, proxy, minVersion, connectTimeoutMs } = options
  const settings = connectionSettings({
    baseUrl,
    allowUntrusted: true,
    ...(proxy === undefined ? {} : { proxy }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  })
  if (!settings.secure) throw new TypeError('baseUrl must begin with https: plain HTTP knows no certificates')
  const { createConnector } = await import('./connector.js')
  const { ConnectFailure } = await import('./connect-failure.js')
  try {
    const { socket, certificate } = await createConnector(settings)()
    socket.destroy()
    if (certificate === undefined)
      throw new ConnectFailure('protocol', false, `${settings.host} presented no certificate`)
    return {
      fingerprint256: certificate.fingerprint256,
      fingerprint1: certificate.fingerprint,
      subject: certificate.subject,
      issuer: certificate.issuer,
      validTo: new Date(certificate.validTo).toISOString(),
    }
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error
    const { kind, message, transient, cause } = error
    throw new WireError({ kind, outcome: 'not-sent', message, retryable: transient, host: settings.host, cause })
  }
}
