import { WireHeaders } from './wire-headers.js'

/** What `new Request(url, init)` is given by HTTP clients, with the transport's own options beside. */
export interface WireRequestInit {
  readonly method?: string
  readonly headers?: unknown
  /** Text, bytes or URLSearchParams; no streams and no FormData. */
  readonly body?: unknown
  readonly signal?: AbortSignal | null
  readonly timeoutMs?: number
  readonly maxBodyBytes?: number
  readonly idempotent?: boolean
}

/** A small stand-in for the global Request: what openapi-fetch and its middlewares use, and nothing that costs. */
export class WireRequest {
  readonly url: string
  readonly method: string
  readonly headers: WireHeaders
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly maxBodyBytes: number | undefined
  readonly idempotent: boolean | undefined
  /** What will be sent: text or bytes, where the global Request would give a stream. */
  readonly body: string | Uint8Array | null

  constructor(input: string | URL | WireRequest, init: WireRequestInit = {}) {
    const original = input instanceof WireRequest ? input : undefined
    this.url = original?.url ?? String(input)
    this.method = (init.method ?? original?.method ?? 'GET').toUpperCase()
    this.headers = WireHeaders.from(init.headers ?? original?.headers)
    this.body = init.body === undefined || init.body === null ? (original?.body ?? null) : this.sendable(init.body)
    this.signal = init.signal ?? original?.signal
    this.timeoutMs = init.timeoutMs ?? original?.timeoutMs
    this.maxBodyBytes = init.maxBodyBytes ?? original?.maxBodyBytes
    this.idempotent = init.idempotent ?? original?.idempotent
  }

  async text(): Promise<string> {
    const { body } = this
    return typeof body === 'string' ? body : Buffer.from(body ?? new Uint8Array(0)).toString('utf8')
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async bytes(): Promise<Uint8Array> {
    return typeof this.body === 'string' ? Buffer.from(this.body, 'utf8') : (this.body ?? new Uint8Array(0))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.bytes()).buffer
  }

  clone(): WireRequest {
    return new WireRequest(this)
  }

  private sendable(body: unknown): string | Uint8Array {
    if (typeof body === 'string' || body instanceof Uint8Array) return body
    if (body instanceof ArrayBuffer) return new Uint8Array(body)
    if (body instanceof URLSearchParams) {
      if (!this.headers.has('content-type')) {
        this.headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
      }
      return body.toString()
    }
    throw new TypeError('the body of a request must be text, bytes or URLSearchParams: serialize it first')
  }
}
