/** What is uploaded: bytes, or a stream of a size that is known. A stream is read once, so nothing is sent twice. */
export type UploadData = Uint8Array | { readonly size: number; readonly stream: AsyncIterable<Uint8Array> }

export interface TransferProgress {
  readonly bytes: number
  readonly total: number
}

export function sizeOf(data: UploadData): number {
  return data instanceof Uint8Array ? data.byteLength : data.size
}

/** A stream as it is handed over, which tells how far it has come, and what it failed with. */
export interface WatchedStream {
  readonly stream: AsyncIterable<Uint8Array>
  /** The caller's own error, which a transport knows only as a connection that broke. */
  failure(): { readonly error: unknown } | undefined
}

export function watchStream(stream: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): WatchedStream {
  let failed: { readonly error: unknown } | undefined

  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0
    try {
      for await (const chunk of stream) {
        yield chunk
        bytes += chunk.byteLength
        onBytes(bytes)
      }
    } catch (error) {
      failed = { error }
      throw error
    }
  }

  return { stream: watched(), failure: () => failed }
}
