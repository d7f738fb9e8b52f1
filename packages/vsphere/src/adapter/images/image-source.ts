import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { HypervisorError, type OperationInputs, type Sealed } from '@dcm/core'

type Source = Sealed<OperationInputs['images.upload']>['source']

export interface ImageData {
  readonly size: number
  /** Fails at its end where the digest is another one than was said. */
  readonly stream: AsyncIterable<Uint8Array>
}

/**
 * Opens an image of known size. NOT_FOUND for a file that cannot be read, or is not at the address; UNAVAILABLE while the address
 * does not answer; INVALID_ARGUMENT, at the end of the stream, when it is not the one of that digest.
 */
export async function openImage(source: Source, signal: AbortSignal): Promise<ImageData> {
  return source.from === 'file' ? openFile(source.path, signal) : openUrl(source, signal)
}

async function openFile(path: string, signal: AbortSignal): Promise<ImageData> {
  try {
    const { size } = await stat(path)
    return { size, stream: createReadStream(path, { signal }) }
  } catch (cause) {
    const message = `the file '${path}' cannot be read by this process; give the path of one that it can read`
    throw new HypervisorError('NOT_FOUND', message, { cause, details: { missing: [] } })
  }
}

async function openUrl(source: Extract<Source, { from: 'url' }>, signal: AbortSignal): Promise<ImageData> {
  const { url, sha256 } = source
  const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new HypervisorError('UNAVAILABLE', `'${url}' cannot be read from here; check the address`, { cause })
  })
  const { ok, status, body, headers } = response
  if (!ok || body === null) {
    await body?.cancel()
    if (status >= 500) throw new HypervisorError('UNAVAILABLE', `'${url}' answered ${status}; try again later`)
    const message = `'${url}' answered ${status} instead of an image; check the address`
    throw new HypervisorError('NOT_FOUND', message, { details: { missing: [] } })
  }
  const length = headers.get('content-length')
  if (length === null) {
    await body.cancel()
    const message = `'${url}' does not tell the size of the image, which an upload needs: fetch it and give it as a file`
    throw new HypervisorError('FAILED_PRECONDITION', message, { details: { reason: 'unknown-size' } })
  }
  return { size: Number(length), stream: sha256 === undefined ? body : verified(body, url, sha256.toLowerCase()) }
}

async function* verified(
  stream: AsyncIterable<Uint8Array>,
  url: string,
  sha256: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  for await (const piece of stream) {
    hash.update(piece)
    yield piece
  }
  const found = hash.digest('hex')
  if (found === sha256) return
  const message = `is not the digest of what lies at '${url}', which is ${found}`
  throw new HypervisorError('INVALID_ARGUMENT', `source.sha256 ${message}`, {
    details: { problems: [{ path: 'source.sha256', message }] },
  })
}
