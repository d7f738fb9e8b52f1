import { contentEncoding } from './content-encoding.js'
import type { Exchange } from './exchange.js'
import type { TransportResponse } from './transport-types.js'
import type { WireError } from './wire-error.js'

/** Makes the errors that a reader of a body meets; knows the request's name. */
export interface ResponseContext {
  bodyTooLarge(exchange: Exchange): WireError
  protocolError(exchange: Exchange, message: string, cause?: unknown): WireError
  abandoned(exchange: Exchange): WireError
}

/** Up to here a compressed body is decompressed in one go, on this thread. */
const AT_ONCE_BYTES = 64 * 1024

/** The answer over an exchange that may still be receiving. */
export class BufferedResponse implements TransportResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  private readonly exchange: Exchange
  private readonly context: ResponseContext
  private used = false

  constructor(exchange: Exchange, context: ResponseContext) {
    this.status = exchange.status
    this.statusText = exchange.statusText
    this.headers = exchange.headers
    this.exchange = exchange
    this.context = context
  }

  /** Has somebody begun to read the body? */
  get isUsed(): boolean {
    return this.used
  }

  async bytes(): Promise<Uint8Array> {
    this.use()
    const { exchange } = this
    const encoding = contentEncoding(exchange.headers['content-encoding'])
    if (encoding === 'identity') {
      if (!exchange.complete || exchange.failure) await collected(exchange)
      return taken(exchange)
    }
    if (exchange.complete && exchange.buffered <= AT_ONCE_BYTES && encoding !== 'unknown') {
      const { decompressAtOnce } = await import('./decompression.js')
      try {
        return decompressAtOnce(encoding, taken(exchange), exchange.maxBodyBytes)
      } catch (error) {
        throw await this.decompressionError(error)
      }
    }
    exchange.collecting = true
    const chunks: Uint8Array[] = []
    for await (const chunk of this.decoded()) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async text(): Promise<string> {
    return decodeText(await this.bytes())
  }

  async json(): Promise<unknown> {
    const text = await this.text()
    try {
      return JSON.parse(text)
    } catch {
      // Neither the text nor the parser's message, which quotes it: an answer may hold a secret.
      const type = String(this.headers['content-type'] ?? 'no content type')
      throw this.context.protocolError(this.exchange, `the answer is not JSON (${type}, ${text.length} characters)`)
    }
  }

  get body(): AsyncIterable<Uint8Array> {
    return {
      [Symbol.asyncIterator]: () => {
        this.use()
        return this.decoded()
      },
    }
  }

  private use(): void {
    if (this.used) throw new TypeError('the body of this answer was already read: it can be read once')
    this.used = true
  }

  private async *decoded(): AsyncGenerator<Uint8Array, void, undefined> {
    const { exchange } = this
    const encoding = contentEncoding(exchange.headers['content-encoding'])
    const source = streamed(exchange, this.context)
    if (encoding === 'identity') return yield* source
    if (encoding === 'unknown') {
      exchange.interrupt(this.context.abandoned(exchange))
      const name = String(exchange.headers['content-encoding']).slice(0, 40)
      throw this.context.protocolError(exchange, `the answer came in the encoding "${name}", which was not asked for`)
    }
    const { decompressed } = await import('./decompression.js')
    try {
      yield* decompressed(encoding, source, exchange.maxBodyBytes)
    } catch (error) {
      throw await this.decompressionError(error)
    }
  }

  private async decompressionError(error: unknown): Promise<unknown> {
    const { context, exchange } = this
    if (exchange.failure && error === exchange.failure) return error
    const { TooLargeAfterDecompression } = await import('./decompression.js')
    if (error instanceof TooLargeAfterDecompression) return context.bodyTooLarge(exchange)
    return context.protocolError(exchange, 'the compressed answer is damaged', error)
  }
}

/** UTF-8 without a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** Everything that is buffered, as one array. */
function taken(exchange: Exchange): Uint8Array {
  const { chunks } = exchange
  exchange.chunks = []
  exchange.buffered = 0
  const [first] = chunks
  if (first === undefined) return Buffer.alloc(0)
  return chunks.length === 1 ? first : Buffer.concat(chunks)
}

async function collected(exchange: Exchange): Promise<void> {
  exchange.collecting = true
  exchange.resume()
  while (!exchange.complete) {
    if (exchange.failure) throw exchange.failure
    await more(exchange)
  }
}

async function* streamed(exchange: Exchange, context: ResponseContext): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      for (let chunk = exchange.chunks.shift(); chunk !== undefined; chunk = exchange.chunks.shift()) {
        exchange.buffered -= chunk.length
        yield chunk
      }
      if (exchange.failure) throw exchange.failure
      if (exchange.complete) return
      exchange.resume()
      if (exchange.chunks.length === 0) await more(exchange)
    }
  } finally {
    exchange.interrupt(context.abandoned(exchange)) // does nothing when the answer is complete
  }
}

/** Waits for bytes, the end or a failure. */
function more(exchange: Exchange): Promise<void> {
  if (exchange.complete || exchange.failure) return Promise.resolve()
  return new Promise((resolve) => {
    exchange.waiter = resolve
  })
}
