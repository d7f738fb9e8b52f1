import type { TransportResponse } from '@dcm/wire'
import type { Connection, RawRequest } from './connection.js'
import { refusal, VsphereError, type VsphereErrorKind } from './error.js'
import type { CallLimits } from './exchange.js'
import type { Session } from './session.js'
import { sizeOf, type TransferProgress, type UploadData, watchStream } from './upload-data.js'

/** How a file is fetched from a URL that the server gave, or put there. */
export interface TransferOptions extends CallLimits {
  /**
   * SHA-1 thumbprint of the certificate behind the URL, where that is not the endpoint's: such URLs lead to an ESXi host. Without
   * one, the host is trusted as the endpoint is, its pins left out.
   */
  readonly fingerprint1?: string | undefined
}

export interface DownloadOptions extends TransferOptions {
  /** Bytes to read at most; the rest is not fetched. Default: everything. */
  readonly maxBytes?: number | undefined
}

export interface Download {
  readonly bytes: Uint8Array
  /** There was more than `maxBytes`. */
  readonly truncated: boolean
}

export interface UploadOptions extends TransferOptions {
  /** `PUT` replaces what is there; `POST` is what leases want for disks. Default PUT. */
  readonly method?: 'PUT' | 'POST' | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** After each chunk of a stream, and at the end. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined
}

/** A file that is read as it comes. */
export interface OpenedFile {
  /** Undefined where the server does not tell. */
  readonly size: number | undefined
  /** Leaving the loop early gives the rest up. */
  readonly stream: AsyncIterable<Uint8Array>
}

/** For the whole file: a minute, and a second for each megabyte. */
function patienceMs(size: number): number {
  return 60_000 + Math.ceil(size / 1000)
}

/** As long as a file of unknown size may take. */
const longestMs = 12 * 3_600_000

/** GET of a file of any size. Errors: as of `download`, also while the stream is read. */
export async function open(
  connection: Connection,
  session: Session,
  url: string,
  options: TransferOptions,
): Promise<OpenedFile> {
  const limits = { ...options, timeoutMs: options.timeoutMs ?? longestMs }
  const response = await send(
    connection,
    session,
    url,
    { method: 'GET', maxBodyBytes: Number.MAX_SAFE_INTEGER },
    limits,
  )
  const { 'content-length': length, 'content-encoding': encoding } = response.headers
  return {
    size: typeof length === 'string' && encoding === undefined ? Number(length) : undefined,
    stream: readable(connection, response),
  }
}

async function* readable(
  connection: Connection,
  response: TransportResponse,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* response.body
  } catch (error) {
    throw connection.readFailure(error, { method: 'GET of a file', idempotent: true })
  }
}

/** GET. Errors: `not-found`, `permission-denied`, and those of every connection. */
export async function download(
  connection: Connection,
  session: Session,
  url: string,
  { maxBytes = Number.POSITIVE_INFINITY, ...options }: DownloadOptions,
): Promise<Download> {
  const call = { method: 'GET of a file', idempotent: true }
  const response = await send(connection, session, url, { method: 'GET' }, options)
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) break
    }
  } catch (error) {
    throw connection.readFailure(error, call)
  }
  const bytes = Buffer.concat(chunks)
  return { bytes: bytes.subarray(0, maxBytes), truncated: length > maxBytes }
}

/** The whole file: bytes are the same when they are sent twice, a stream is sent once. */
export async function upload(
  connection: Connection,
  session: Session,
  url: string,
  data: UploadData,
  { method = 'PUT', headers: given, onProgress, ...options }: UploadOptions,
): Promise<void> {
  const total = sizeOf(data)
  const watched =
    data instanceof Uint8Array ? undefined : watchStream(data.stream, (bytes) => onProgress?.({ bytes, total }))
  const body = data instanceof Uint8Array ? data : watched?.stream
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(total), ...given }
  const limits = { ...options, timeoutMs: options.timeoutMs ?? patienceMs(total) }
  try {
    const response = await send(connection, session, url, { method, body, headers }, limits)
    await response.bytes()
  } catch (error) {
    const failed = watched?.failure()
    throw failed === undefined
      ? connection.readFailure(error, { method: `${method} of a file`, idempotent: true })
      : failed.error
  }
  if (data instanceof Uint8Array) onProgress?.({ bytes: total, total })
}

async function send(
  connection: Connection,
  session: Session,
  url: string,
  request: Pick<RawRequest, 'method' | 'body' | 'headers' | 'maxBodyBytes'>,
  { fingerprint1, signal, timeoutMs }: TransferOptions,
): Promise<TransportResponse> {
  const { origin, path } = targetOf(url, connection)
  // The cookie is the endpoint's alone: other hosts go by what stands in the URL.
  const headers =
    origin === undefined ? { ...request.headers, cookie: (await session.current()).cookie } : request.headers
  const elsewhere = origin === undefined ? undefined : { origin, fingerprint1 }
  const response = await connection.raw({ ...request, path, headers, elsewhere, signal, timeoutMs, idempotent: true })
  if (response.status >= 200 && response.status < 300) return response
  await response.bytes().catch(() => undefined) // frees the connection; what it says is not for us
  throw statusError(connection, request.method, path, response.status)
}

/** `*` as a host, or the endpoint's own name, is the endpoint, whatever port stands beside it: it may be reached through another. */
function targetOf(url: string, { host }: Connection): { readonly origin: string | undefined; readonly path: string } {
  const named = url.replace(/^https:\/\/\*(:\d+)?(?=[/?]|$)/, `https://${host}`)
  const parsed = URL.canParse(named) ? new URL(named) : undefined
  if (parsed?.protocol !== 'https:') throw refusal('the URL of a transfer must begin with https://')
  const isEndpoint = parsed.host === host || parsed.hostname === new URL(`https://${host}`).hostname
  return { origin: isEndpoint ? undefined : parsed.origin, path: `${parsed.pathname}${parsed.search}` }
}

const kinds: Readonly<Record<number, VsphereErrorKind>> = {
  401: 'permission-denied',
  403: 'permission-denied',
  404: 'not-found',
  503: 'unreachable',
}

/** Names the path without its query: there is a token in it. */
function statusError(connection: Connection, method: string, path: string, status: number): VsphereError {
  return new VsphereError({
    kind: kinds[status] ?? 'protocol',
    message: `${method} ${path.split('?')[0]}: the server answers with status ${status}`,
    outcome: status < 500 ? 'not-started' : 'unknown',
    retryable: status === 503,
    host: connection.host,
    operation: method,
    status,
  })
}
