import type { RequestOptions } from './call.js'
import type { Door } from './door.js'
import { encodePathValue } from './encode-path.js'
import { ProxmoxError } from './error.js'
import { createMultipart, type MultipartFile } from './multipart.js'
import { readError } from './read-error.js'
import { isUpid } from './upid.js'

const operation = 'POST /nodes/{node}/storage/{storage}/upload'

export interface Upload {
  readonly node: string
  readonly storage: string
  /** `import` since 8.0. */
  readonly content: 'iso' | 'vztmpl' | 'import'
  /** Name on the storage, with the extension that goes with the content. An existing file is overwritten. */
  readonly filename: string
  /** A Blob (see `fs.openAsBlob`), bytes, or a stream with its size in bytes. */
  readonly data: Blob | Uint8Array | { readonly size: number; readonly stream: AsyncIterable<Uint8Array> }
  /** Checked by the task at the end. */
  readonly checksum?: {
    readonly algorithm: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
    readonly value: string
  }
}

/** Spooling a file takes long: a minute, and a second for each megabyte. */
function uploadTimeoutMs(size: number): number {
  return 60_000 + Math.ceil(size / 1000)
}

/** Sends a file and returns the id of the task that puts it into its place. */
export async function sendUpload(
  door: Door,
  host: string,
  upload: Upload,
  options: RequestOptions = {},
): Promise<string> {
  const file = fileOf(upload)
  const fields: [string, string][] = [['content', upload.content]]
  if (upload.checksum !== undefined) {
    fields.push(['checksum-algorithm', upload.checksum.algorithm], ['checksum', upload.checksum.value])
  }
  const { contentType, contentLength, body } = createMultipart(fields, file)
  const node = encodePathValue('node', upload.node)
  const storage = encodePathValue('storage', upload.storage)
  const response = await door({
    operation,
    method: 'POST',
    path: `/api2/json/nodes/${node}/storage/${storage}/upload`,
    headers: { 'content-type': contentType, 'content-length': String(contentLength) },
    body,
    timeoutMs: options.timeoutMs ?? uploadTimeoutMs(file.size),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const text = await response.text()
  if (response.status !== 200) {
    throw readError({
      status: response.status,
      reason: response.statusText,
      body: text,
      host,
      operation,
      node: upload.node,
    })
  }
  const upid = upidOf(text)
  if (upid !== undefined) return upid
  throw new ProxmoxError({
    kind: 'protocol',
    message: `${operation}: ${host} took the file but named no task`,
    outcome: 'unknown',
    retryable: false,
    host,
    operation,
  })
}

function fileOf(upload: Upload): MultipartFile {
  const { data, filename: fileName } = upload
  if (data instanceof Uint8Array) return { fileName, size: data.byteLength, content: once(data) }
  if (data instanceof Blob) {
    // A ReadableStream is async iterable in Node, not in the DOM's type.
    return { fileName, size: data.size, content: data.stream() as unknown as AsyncIterable<Uint8Array> }
  }
  return { fileName, size: data.size, content: data.stream }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function upidOf(text: string): string | undefined {
  try {
    const envelope: unknown = JSON.parse(text)
    if (typeof envelope !== 'object' || envelope === null || !('data' in envelope)) return undefined
    return isUpid(envelope.data) ? envelope.data : undefined
  } catch {
    return undefined
  }
}
