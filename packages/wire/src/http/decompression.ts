import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createInflate, createInflateRaw, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** Ends decompression of a body that turns out larger than the limit. */
export class TooLargeAfterDecompression extends Error {}

/** Decompresses a small complete body at once: far cheaper than a stream for each answer. */
export function decompressAtOnce(encoding: 'gzip' | 'deflate', body: Uint8Array, maxBytes: number): Uint8Array {
  if (body.length === 0) return body
  const options = Number.isFinite(maxBytes) ? { maxOutputLength: maxBytes } : {}
  try {
    if (encoding === 'gzip') return gunzipSync(body, options)
    return hasZlibHeader(body) ? inflateSync(body, options) : inflateRawSync(body, options)
  } catch (error) {
    const overLimit = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw overLimit ? new TooLargeAfterDecompression() : error
  }
}

/** Decompresses chunks as they come. Leaving the loop early ends the source as well. */
export async function* decompressed(
  encoding: 'gzip' | 'deflate',
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  const decoder = decoderFor(encoding, first.value)
  // A failure of the source destroys the decoder with the same error, so the loop below throws it.
  pipeline(Readable.from(startingWith(first.value, iterator), { objectMode: false }), decoder, () => {})
  let length = 0
  for await (const chunk of decoder) {
    length += chunk.length
    if (length > maxBytes) throw new TooLargeAfterDecompression()
    yield chunk
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value
  } finally {
    await rest.return?.()
  }
}

function decoderFor(encoding: 'gzip' | 'deflate', first: Uint8Array): Transform {
  if (encoding === 'gzip') return createGunzip()
  return hasZlibHeader(first) ? createInflate() : createInflateRaw()
}

/** "deflate" means the zlib format (RFC 9110 section 8.4.1.2), yet some servers send it without that header. */
function hasZlibHeader(body: Uint8Array): boolean {
  const [method = 0, flags = 0] = body
  return (method & 0x0f) === 8 && (body.length < 2 || (method * 256 + flags) % 31 === 0)
}
