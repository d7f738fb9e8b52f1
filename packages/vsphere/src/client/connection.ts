import {
  createTransport,
  type Transport,
  type TransportOptions,
  type TransportRequest,
  type TransportResponse,
  WireError,
} from '@dcm/wire'
import { UnreadableBody } from './body.js'
import type { VsphereClientOptions } from './client-options.js'
import { closedError } from './closed-error.js'
import { type EnvelopeHeader, writeEnvelope } from './envelope.js'
import { refusal, VsphereError, type VsphereErrorKind } from './error.js'
import { operationIdHeader } from './operation-id.js'

/** One call, ready to be sent. */
export interface NativeCall {
  readonly method: string
  /** Object that it is called on, for messages. */
  readonly object?: string | undefined
  /** By which it is found in the logs of the server. */
  readonly operationId: string
  /** Element of the call. */
  readonly body: string
  readonly header?: EnvelopeHeader | undefined
  readonly apiVersion: string | undefined
  readonly cookie: string | undefined
  /** Changes nothing that anybody would miss: may be sent again after any failure of the connection. */
  readonly idempotent: boolean
  /** Only looks, but not twice: the next page of a listing. */
  readonly oneUse?: boolean | undefined
  /** Long polls have connections of their own, so that calls never wait for them. */
  readonly longPoll?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** Plain HTTP, beside the API. */
export interface RawRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: TransportRequest['body'] | undefined
  /** Another host than the endpoint, with a pin of its own. */
  readonly elsewhere?: { readonly origin: string; readonly fingerprint1?: string | undefined } | undefined
  readonly idempotent: boolean
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly maxBodyBytes?: number | undefined
}

/** HTTP to one endpoint. */
export interface Connection {
  readonly host: string
  /** `https://host:port`. */
  readonly origin: string
  /** Largest body accepted, counted after decompression. */
  readonly maxBodyBytes: number
  send(call: NativeCall): Promise<TransportResponse>
  /** Files: the versions of the API, and those that the server gives a URL for. */
  raw(request: RawRequest): Promise<TransportResponse>
  /** The door for clients that want a `fetch`, to the endpoint alone. What it throws goes through `readFailure`. */
  web(): Pick<Transport, 'fetch' | 'Request'>
  /** The error that a failure of the transport is to the caller; anything else as it is. */
  readFailure(error: unknown, call: FailedCall): unknown
  close(): Promise<void>
}

export interface FailedCall {
  readonly method: string
  readonly object?: string | undefined
  readonly operationId?: string | undefined
  readonly idempotent: boolean
}

const path = '/sdk'
const defaultMaxBodyBytes = 64 * 1024 * 1024
/** Servers close idle connections after some time; ours end before. */
const idleTimeoutMs = 15_000

/** Opens nothing yet: the first call connects. */
export function createConnection(baseUrl: string, options: VsphereClientOptions): Connection {
  const { host } = new URL(baseUrl)
  const { maxBodyBytes = defaultMaxBodyBytes } = options
  const settings: TransportOptions = { baseUrl, idleTimeoutMs, ...transportOptions(options), maxBodyBytes }
  const calls = openTransport(() => createTransport(settings))
  let polls: Transport | undefined
  const others = new Map<string, Transport>()
  let closed = false

  async function send(call: NativeCall): Promise<TransportResponse> {
    if (closed) throw closedError(host, call.method, call.object)
    if (call.longPoll === true) polls ??= createTransport({ ...settings, maxConnections: 64, idleTimeoutMs: 4_000 })
    const transport = call.longPoll === true && polls !== undefined ? polls : calls
    try {
      return await transport.request({
        method: 'POST',
        path,
        headers: {
          'content-type': 'text/xml; charset="utf-8"',
          soapaction: call.apiVersion === undefined ? 'urn:vim25' : `urn:vim25/${call.apiVersion}`,
          'user-agent': options.userAgent ?? 'dcm-vsphere',
          ...(call.cookie !== undefined && { cookie: call.cookie }),
        },
        body: writeEnvelope(call.body, { operationId: call.operationId, ...call.header }),
        idempotent: call.idempotent && call.oneUse !== true,
        ...(call.signal !== undefined && { signal: call.signal }),
        ...(call.timeoutMs !== undefined && { timeoutMs: call.timeoutMs }),
      })
    } catch (error) {
      throw readFailure(error, call, host)
    }
  }

  async function raw({ elsewhere, path: where, ...request }: RawRequest): Promise<TransportResponse> {
    // The path without its query: there may be a token in it.
    const call = {
      method: `${request.method} ${where.split('?')[0]}`,
      operationId: request.headers?.[operationIdHeader],
      idempotent: request.idempotent,
    }
    if (closed) throw closedError(host, call.method)
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
    try {
      const transport = elsewhere === undefined ? calls : transportTo(elsewhere)
      return await transport.request({ ...given, method: request.method, path: where })
    } catch (error) {
      throw readFailure(error, call, host)
    }
  }

  /** A host that a URL of the server leads to is trusted by its own pin, or as the endpoint is without pins. */
  function transportTo({ origin, fingerprint1 }: NonNullable<RawRequest['elsewhere']>): Transport {
    const key = `${origin} ${fingerprint1 ?? ''}`
    const { fingerprint256: _256, fingerprint1: _1, allowUntrusted, ca, ...rest } = settings
    const trust =
      fingerprint1 === undefined
        ? { ...(allowUntrusted !== undefined && { allowUntrusted }), ...(ca !== undefined && { ca }) }
        : { fingerprint1 }
    const transport = others.get(key) ?? createTransport({ ...rest, ...trust, baseUrl: origin })
    others.set(key, transport)
    return transport
  }

  return {
    host,
    origin: baseUrl,
    maxBodyBytes,
    send,
    raw,
    web: () => calls,
    readFailure: (error, call) => readFailure(error, call, host),
    close: async () => {
      closed = true
      await Promise.all([calls.close(), polls?.close(), ...[...others.values()].map((each) => each.close())])
    },
  }
}

function transportOptions(options: VsphereClientOptions): Omit<Parameters<typeof createTransport>[0], 'baseUrl'> {
  const {
    url: _url,
    auth: _auth,
    locale: _locale,
    userAgent: _agent,
    apiVersion: _version,
    keepAliveMs: _alive,
    ...rest
  } = options
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
}

/** The transport refuses unusable options with a TypeError that says what is wrong. */
function openTransport(open: () => Transport): Transport {
  try {
    return open()
  } catch (error) {
    throw error instanceof TypeError ? refusal(error.message) : error
  }
}

const kinds: Readonly<Record<string, VsphereErrorKind>> = {
  'tls-untrusted': 'tls-untrusted',
  'tls-pin': 'tls-untrusted',
  timeout: 'timeout',
  aborted: 'aborted',
  closed: 'closed',
  'body-too-large': 'protocol',
  protocol: 'protocol',
}

function readFailure(error: unknown, call: FailedCall, host: string): unknown {
  if (error instanceof UnreadableBody) return unreadable(error, call, host)
  if (!WireError.isInstance(error)) return error
  const notStarted = call.idempotent || error.outcome === 'not-sent'
  const prefix = `${error.method} ${error.path}: `
  const text = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
  return new VsphereError({
    kind: kinds[error.kind] ?? 'unreachable',
    message: `${call.method}: ${text}`,
    outcome: notStarted ? 'not-started' : 'unknown',
    retryable: error.retryable && notStarted,
    host: error.host,
    operation: call.method,
    operationId: call.operationId,
    object: call.object,
    cause: error,
  })
}

function unreadable(
  cause: UnreadableBody,
  { method, operationId, object, idempotent }: FailedCall,
  host: string,
): VsphereError {
  return new VsphereError({
    kind: 'protocol',
    message: `${method}: ${cause.message}`,
    outcome: idempotent ? 'not-started' : 'unknown',
    retryable: false,
    host,
    operation: method,
    operationId,
    object,
    cause,
  })
}
