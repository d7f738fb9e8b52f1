import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { HypervisorError } from '../../../errors/hypervisor-error.js'
import type { FacetInputs } from '../../../model/facets/facets.js'
import type { Sealed } from '../../../operations/seal.js'
import { invalidArgument } from '../../../schema/check.js'

type Source = Sealed<FacetInputs['images.upload']['source']>

/**
 * Reads an image to its end, piece by piece. NOT_FOUND for a file that cannot be read, or is not at the
 * address, UNAVAILABLE while the address does not answer, INVALID_ARGUMENT when it is not the one of that digest.
 */
export async function measureImage(
  source: Source,
  signal: AbortSignal,
): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const piece of source.from === 'file' ? fromFile(source.path, signal) : fromUrl(source.url, signal)) {
    hash.update(piece)
    sizeBytes += piece.length
  }
  const sha256 = hash.digest('hex')
  if (source.from === 'file' || source.sha256 === undefined || source.sha256.toLowerCase() === sha256) {
    return { sizeBytes, sha256 }
  }
  const message = `is not the digest of what lies at '${source.url}', which is ${sha256}`
  throw invalidArgument('the input of images.upload', [{ path: 'source.sha256', message }])
}

async function* fromFile(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    const message = `the file '${path}' cannot be read by this process; give the path of one that it can read`
    throw new HypervisorError('NOT_FOUND', message, { cause, details: { missing: [] } })
  }
}

async function* fromUrl(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  let response: Response
  try {
    response = await fetch(url, { signal })
    if (response.ok && response.body) {
      yield* response.body
      return
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw new HypervisorError('UNAVAILABLE', `'${url}' cannot be read from here; check the address`, { cause })
  }
  throw refused(url, response.status)
}

/** Only what the server may get over is worth another try. */
function refused(url: string, status: number): HypervisorError {
  if (status >= 500) return new HypervisorError('UNAVAILABLE', `'${url}' answered ${status}; try again later`)
  const message = `'${url}' answered ${status} instead of an image; check the address`
  return new HypervisorError('NOT_FOUND', message, { details: { missing: [] } })
}
