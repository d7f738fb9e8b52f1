import { decodeText } from './response.js'
import type { TransportResponse } from './transport-types.js'
import { WireHeaders } from './wire-headers.js'

/** The answer that several clones share. */
interface Source {
  readonly response: TransportResponse
  /** All of its bytes, once a clone was made. */
  shared: Promise<Uint8Array> | undefined
}

/** A small stand-in for the global Response, over an answer of the transport. */
export class WireResponse {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly ok: boolean
  readonly headers: WireHeaders
  readonly redirected: boolean = false
  readonly type: 'basic' = 'basic'
  private readonly source: Source
  private used = false

  constructor(url: string, response: TransportResponse, source: Source = { response, shared: undefined }) {
    this.url = url
    this.status = response.status
    this.statusText = response.statusText
    this.ok = response.status >= 200 && response.status < 300
    this.headers = new WireHeaders(response.headers as Record<string, string | readonly string[]>) // ours alone: not copied
    this.source = source
  }

  get bodyUsed(): boolean {
    return this.used
  }

  async text(): Promise<string> {
    this.use()
    const { response, shared } = this.source
    return shared ? decodeText(await shared) : await response.text()
  }

  async json(): Promise<unknown> {
    this.use()
    const { response, shared } = this.source
    return shared ? JSON.parse(decodeText(await shared)) : await response.json()
  }

  async bytes(): Promise<Uint8Array> {
    this.use()
    const { response, shared } = this.source
    return shared ? Uint8Array.from(await shared) : await response.bytes()
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.bytes()).buffer
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.arrayBuffer()], { type: this.headers.get('content-type') ?? '' })
  }

  /** A web stream over the decompressed body; asking for it does not yet read. */
  get body(): ReadableStream<Uint8Array> {
    const { response, shared } = this.source
    const chunks = shared ? once(shared) : response.body
    const iterator = chunks[Symbol.asyncIterator]()
    return new ReadableStream(
      {
        pull: async (controller) => {
          this.used = true
          const step = await iterator.next()
          if (step.done === true) controller.close()
          else controller.enqueue(step.value)
        },
        cancel: async () => {
          await iterator.return?.()
        },
      },
      { highWaterMark: 0 },
    )
  }

  clone(): WireResponse {
    if (this.used) throw new TypeError('the body of this answer was already read: clone it before')
    const { source } = this
    source.shared ??= source.response.bytes()
    source.shared.catch(() => {}) // whoever reads meets the error
    return new WireResponse(this.url, source.response, source)
  }

  private use(): void {
    if (this.used) throw new TypeError('the body of this answer was already read: clone it before')
    this.used = true
  }
}

async function* once(bytes: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await bytes
}
