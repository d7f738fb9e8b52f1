import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from './certificate-authority.js'
import { createFaultTable, type FaultSwitches, withoutQuery } from './faults.js'
import type { LoopbackHandler, LoopbackReply, LoopbackRequest } from './messages.js'
import { delayWhileOpen, writeReply } from './reply-writer.js'
import { createRequestLog, type RequestLog } from './request-log.js'

export interface LoopbackServerOptions {
  readonly handler: LoopbackHandler
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default `https`. Plain HTTP is for platforms that speak it (WinRM on 5985); `ca` and fingerprints are then empty. */
  readonly protocol?: 'https' | 'http'
  /** What the server presents; default: a fresh one of `authority` for the host, `localhost` and the loopback addresses. */
  readonly certificate?: IssuedCertificate
  /** Default: a fresh one. */
  readonly authority?: CertificateAuthority
  /** Close a connection that lay idle so long after an answer; default 5000. */
  readonly idleTimeoutMs?: number
  /** The answer to this many-th request says `close` and ends the connection; default: no limit. */
  readonly maxRequestsPerConnection?: number
  /** Larger request bodies are answered with 413; default 64 MiB. */
  readonly maxBodyBytes?: number
  /** What a request is called in the log and by faults, where its path does not tell (SOAP); default: its path. */
  readonly nameRequest?: (request: { readonly path: string; readonly body: Buffer }) => string
  /** Takes requests whose path begins so, past log and faults: a door to the server itself. */
  readonly sideDoor?: { readonly prefix: string; readonly handler: LoopbackHandler }
  /** Takes over the socket of a request with `Upgrade`; without it such a request goes to the handler. */
  readonly onUpgrade?: (request: LoopbackRequest, socket: Socket, head: Buffer) => void
}

export interface LoopbackServer {
  /** For example `https://127.0.0.1:41234`. */
  readonly url: string
  readonly port: number
  readonly host: string
  /** PEM of the authority that signed the certificate; empty when a certificate was given without its authority. */
  readonly ca: string
  readonly fingerprint256: string
  readonly fingerprint1: string
  readonly requests: RequestLog
  readonly faults: FaultSwitches
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

const DEFAULT_IDLE_TIMEOUT_MS = 5_000
const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024
const GARBAGE = 'SSH-2.0-this-is-no-http\r\n\u0000\u0001\u0002\r\n\r\n'

interface ConnectionState {
  readonly id: number
  requests: number
}

/** Starts an HTTP(S) server on the loopback interface, with a log of its requests and switches for faults. */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const host = options.host ?? '127.0.0.1'
  const plain = options.protocol === 'http'
  const { certificate, ca } = plain ? { certificate: undefined, ca: '' } : presented(options, host)
  const log = createRequestLog()
  const faults = createFaultTable()
  const connections = new WeakMap<Socket, ConnectionState>()
  let connectionCount = 0

  const server = certificate
    ? createTlsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem })
    : createPlainServer()
  const idleTimeoutMs = options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS
  server.keepAliveTimeout = idleTimeoutMs

  function stateOf(socket: Socket): ConnectionState {
    const known = connections.get(socket)
    if (known) return known
    connectionCount += 1
    const state: ConnectionState = { id: connectionCount, requests: 0 }
    connections.set(socket, state)
    return state
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = message
    const connection = stateOf(socket)
    connection.requests += 1
    const sequence = connection.requests
    const body = await readBody(message, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)
    if (body === 'aborted') return
    const method = message.method ?? ''
    const path = message.url ?? ''
    const { headers, rawHeaders } = message
    const request = { method, path, headers, rawHeaders, connectionId: connection.id, sequence }
    const { sideDoor } = options
    if (sideDoor && path.startsWith(sideDoor.prefix) && body !== 'too-large') {
      return await writeReply(response, socket, await sideDoor.handler({ ...request, body }), {
        withoutBody: false,
        fault: undefined,
      })
    }
    const name = body === 'too-large' ? path : (options.nameRequest?.({ path, body }) ?? path)
    const note = log.recordRequest({
      method,
      path: withoutQuery(name),
      connectionId: connection.id,
      at: Date.now(),
    })
    const send = async (reply: LoopbackReply, fault?: Parameters<typeof writeReply>[3]['fault']): Promise<void> => {
      if (reply.delayMs !== undefined) await delayWhileOpen(reply.delayMs, socket)
      if (socket.destroyed) return
      note({ status: reply.status })
      const last = sequence >= (options.maxRequestsPerConnection ?? Number.POSITIVE_INFINITY)
      await writeReply(response, socket, last ? { ...reply, close: true } : reply, {
        withoutBody: method === 'HEAD',
        fault,
      })
    }
    if (body === 'too-large') return await send({ status: 413, close: true })

    const fault = faults.actionFor(method, name)
    if (fault?.type === 'drop-before') return void socket.destroy()
    if (fault?.type === 'reply') return await send(fault.reply)
    if (fault?.type === 'garbage') return void socket.end(GARBAGE)
    if (fault?.type === 'delay') await delayWhileOpen(fault.ms, socket)
    const handled = log.recordHandling()
    let reply: LoopbackReply
    try {
      const handling = options.handler({ ...request, body })
      if (fault?.type === 'drop-during') socket.destroy()
      reply = await handling
    } finally {
      handled()
    }
    if (fault?.type === 'other-body') return await send({ ...reply, body: fault.body })
    if (fault?.type === 'drop-after') return void socket.destroy()
    if (fault?.type === 'hold') {
      note({ held: true })
      await whileOpen(fault.until ?? new Promise(() => {}), socket)
      note({ held: false })
    }
    await send(reply, fault)
  }

  server.on('request', (message, response) => {
    // After Node's own listener, which lets the connection idle a second longer than it was told.
    response.once('finish', () => message.socket.setTimeout(idleTimeoutMs))
    answer(message, response).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      if (response.headersSent) return void message.socket.destroy()
      response.writeHead(500, 'Loopback Handler Failed', { connection: 'close' })
      response.end(`the handler of the loopback server failed: ${text}\n`)
    })
  })
  server.on(plain ? 'connection' : 'secureConnection', (socket: Socket) => {
    stateOf(socket)
    socket.once('close', log.recordConnection())
    socket.on('error', () => {}) // a peer that resets is an everyday matter here
  })
  const { onUpgrade } = options
  if (onUpgrade) {
    server.on('upgrade', (message, _stream, head: Buffer) => {
      const { method = '', url: path = '', headers, rawHeaders, socket } = message
      const connection = stateOf(socket)
      connection.requests += 1
      const { id: connectionId, requests: sequence } = connection
      log.recordRequest({ method, path: withoutQuery(path), connectionId, at: Date.now() })({ status: 101 })
      onUpgrade({ method, path, headers, rawHeaders, body: Buffer.alloc(0), connectionId, sequence }, socket, head)
    })
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo // a TCP server that listens has an address of this shape
  return {
    url: `${plain ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    host,
    ca,
    fingerprint256: certificate?.fingerprint256 ?? '',
    fingerprint1: certificate?.fingerprint1 ?? '',
    requests: log,
    faults,
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Waits for the promise, at most until the connection is closed. */
function whileOpen(until: Promise<unknown>, socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.off('close', finish)
      resolve()
    }
    socket.once('close', finish)
    until.then(finish, finish)
  })
}

function presented(options: LoopbackServerOptions, host: string): { certificate: IssuedCertificate; ca: string } {
  if (options.certificate) {
    return { certificate: options.certificate, ca: options.authority?.certificatePem ?? '' }
  }
  const authority = options.authority ?? createCertificateAuthority('Loopback Test Authority')
  const names = [...new Set([host, 'localhost', '127.0.0.1', '::1'])]
  return { certificate: authority.issue(names), ca: authority.certificatePem }
}

function readBody(message: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    message.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        message.pause()
        resolve('too-large')
        return
      }
      chunks.push(chunk)
    })
    message.on('end', () => resolve(Buffer.concat(chunks)))
    message.on('close', () => resolve('aborted'))
    message.on('error', () => resolve('aborted'))
  })
}
