import { X509Certificate } from 'node:crypto'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { ConnectFailure, tcpFailure, tlsFailure } from './connect-failure.js'
import { openTunnel } from './proxy-tunnel.js'
import type { ConnectionSettings } from './settings.js'
import { type PresentedCertificate, refusalOf, WRONG_NAME } from './trust.js'

export interface Connection {
  readonly socket: Socket
  /** Undefined on plain HTTP. */
  readonly certificate: X509Certificate | undefined
}

/** Opens connections; nothing of a request is written before the server's certificate was accepted. */
export type Connector = () => Promise<Connection>

export function createConnector(settings: ConnectionSettings): Connector {
  let context: SecureContext | undefined
  return async () => {
    // One context for all connections: building one reads the whole list of authorities.
    if (settings.secure) context ??= secureContext(settings)
    return await openConnection(settings, context)
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

function secureContext(settings: ConnectionSettings): SecureContext {
  const { ca } = settings.trust
  try {
    // Node skips what it cannot parse; the user would then wonder why the server is not trusted.
    for (const text of ca)
      for (const certificate of text.match(PEM_CERTIFICATE) ?? [text]) new X509Certificate(certificate)
    return createSecureContext({ minVersion: settings.minVersion, ...(ca.length > 0 ? { ca: [...ca] } : {}) })
  } catch (error) {
    throw new ConnectFailure('tls-untrusted', false, 'ca could not be read: give whole PEM certificates', error)
  }
}

async function openConnection(settings: ConnectionSettings, context: SecureContext | undefined): Promise<Connection> {
  const { proxy, connectTimeoutMs } = settings
  const peer = proxy ?? settings
  const tcp = connectTcp({ host: peer.hostname, port: peer.port })
  tcp.setNoDelay(true)
  tcp.setKeepAlive(true, 60_000)
  tcp.on('error', ignore)
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    tcp.destroy()
  }, connectTimeoutMs)
  let current: Socket = tcp
  let certificate: X509Certificate | undefined
  try {
    await opened(tcp, 'connect').catch((error: unknown) => {
      if (proxy === undefined) throw tcpFailure(error, settings.host)
      const { message, transient } = tcpFailure(error, proxy.host)
      throw new ConnectFailure('proxy', transient, `the proxy is out of reach: ${message}`, error)
    })
    if (proxy) await openTunnel(tcp, proxy, settings)
    if (context) {
      const tls = startTls(tcp, settings, context)
      current = tls
      await opened(tls, 'secureConnect').catch((error: unknown) => {
        throw tlsFailure(error, settings.host)
      })
      // Read once: Node takes the certificate out of the chain, and a second call finds none.
      certificate = tls.getPeerX509Certificate()
      const refusal = refusalOf(settings.trust, presented(tls, certificate), settings.host)
      if (refusal) throw new ConnectFailure(refusal.kind, false, refusal.message)
    }
    return { socket: current, certificate }
  } catch (error) {
    current.destroy()
    tcp.destroy()
    if (!expired) throw error
    const where = proxy === undefined ? '' : ` through the proxy ${proxy.host}`
    const message = `no connection to ${settings.host}${where} within ${connectTimeoutMs} ms: check address, port and firewall`
    throw new ConnectFailure('timeout', true, message)
  } finally {
    clearTimeout(timer)
  }
}

function startTls(tcp: Socket, settings: ConnectionSettings, secureContext: SecureContext): TLSSocket {
  const { hostname } = settings
  const tls = connectTls({
    socket: tcp,
    host: hostname, // the name or address that the certificate is compared with
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(isIP(hostname) === 6 ? { checkServerIdentity: checkAddress } : {}),
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // Node checks all the same and leaves the verdict in `authorized`; the decision falls in refusalOf, which knows pins
    // and can name the certificate. No session is ever resumed: a resumed one presents no certificate to compare.
    rejectUnauthorized: false,
  })
  tls.on('error', ignore)
  return tls
}

/** For IPv6: the check of some Node 22 releases (22.23.3) finds no certificate fit for such an address. */
function checkAddress(address: string, { raw }: PeerCertificate): Error | undefined {
  if (new X509Certificate(raw).checkIP(address) !== undefined) return undefined
  return Object.assign(new Error('the address is not among those of the certificate'), { code: WRONG_NAME })
}

function presented(tls: TLSSocket, certificate: X509Certificate | undefined): PresentedCertificate {
  const { authorizationError } = tls
  // Typed as an Error, but Node leaves the code there as a string.
  const problem = tls.authorized ? undefined : String(authorizationError || 'no certificate')
  return {
    fingerprint256: certificate?.fingerprint256 ?? 'none',
    fingerprint1: certificate?.fingerprint ?? 'none',
    problem,
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off(event, succeeded)
      socket.off('error', failed)
      socket.off('close', closed)
    }
    const succeeded = (): void => {
      finish()
      resolve()
    }
    const failed = (error: Error): void => {
      finish()
      reject(error)
    }
    const closed = (): void => failed(new Error('the connection was closed'))
    socket.once(event, succeeded)
    socket.once('error', failed)
    socket.once('close', closed)
  })
}

/** Stays attached for the life of a socket, so that an error between two owners never goes unheard. */
function ignore(): void {}
