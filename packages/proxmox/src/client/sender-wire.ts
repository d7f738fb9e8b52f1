import { createTransport, type Transport, type TransportOptions, type TransportResponse, WireError } from '@dcm/wire'
import type { ProxmoxClientOptions } from './client-options.js'
import { ProxmoxError, type ProxmoxErrorKind, refusal } from './error.js'
import type { NativeRequest, NativeResponse, Sender } from './sender.js'

/** The platform closes idle connections after 5 s, and any after its hundredth request. */
const idleTimeoutMs = 4000
const maxRequestsPerConnection = 100

/** Sends by the transport of `@dcm/wire`. */
export function createWireSender(baseUrl: string, options: ProxmoxClientOptions): Sender {
  const host = new URL(baseUrl).host
  const transport = open({
    baseUrl,
    idleTimeoutMs,
    maxRequestsPerConnection,
    compression: options.compression ?? false,
    ...defined(options, [
      'ca',
      'fingerprint256',
      'allowUntrusted',
      'minVersion',
      'proxy',
      'maxConnections',
      'connectTimeoutMs',
      'timeoutMs',
      'maxBodyBytes',
      'retries',
    ]),
  })

  async function send(request: NativeRequest): Promise<NativeResponse> {
    try {
      return new WireResponse(await transport.request(request), request)
    } catch (error) {
      throw readWireError(error, request)
    }
  }

  return { host, send, close: () => transport.close() }
}

/** The transport refuses unusable options with a TypeError that says what is wrong. */
function open(options: TransportOptions): Transport {
  try {
    return createTransport(options)
  } catch (error) {
    throw error instanceof TypeError ? refusal(error.message) : error
  }
}

class WireResponse implements NativeResponse {
  readonly #response: TransportResponse
  readonly #request: NativeRequest

  constructor(response: TransportResponse, request: NativeRequest) {
    this.#response = response
    this.#request = request
  }

  get status(): number {
    return this.#response.status
  }

  get statusText(): string {
    return this.#response.statusText
  }

  get contentType(): string | undefined {
    const value = this.#response.headers['content-type']
    return typeof value === 'string' ? value : value?.[0]
  }

  async text(): Promise<string> {
    try {
      return await this.#response.text()
    } catch (error) {
      throw readWireError(error, this.#request)
    }
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#response.body
    } catch (error) {
      throw readWireError(error, this.#request)
    }
  }
}

const kinds: Readonly<Record<string, ProxmoxErrorKind>> = {
  'tls-untrusted': 'tls-untrusted',
  'tls-pin': 'tls-untrusted',
  timeout: 'timeout',
  aborted: 'aborted',
  closed: 'closed',
  'body-too-large': 'protocol',
  protocol: 'protocol',
}

/** Anything else that is thrown (a failing body of the caller's, a programming error) goes through as it is. */
function readWireError(error: unknown, request: NativeRequest): unknown {
  if (!WireError.isInstance(error)) return error
  const read = request.method === 'GET'
  const notStarted = read || error.outcome === 'not-sent'
  return new ProxmoxError({
    kind: kinds[error.kind] ?? 'unreachable',
    message: `${request.operation}: ${withoutPrefix(error)}`,
    outcome: notStarted ? 'not-started' : 'unknown',
    retryable: error.retryable && notStarted,
    host: error.host,
    operation: request.operation,
    cause: error,
  })
}

/** The transport names method and path first; the operation says it better. */
function withoutPrefix(error: WireError): string {
  const prefix = `${error.method} ${error.path}: `
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
}

function defined<From extends object, Key extends keyof From>(from: From, keys: readonly Key[]): Pick<From, Key> {
  const entries = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])
  return Object.fromEntries(entries) as Pick<From, Key> // exactly these keys, where they are given
}
