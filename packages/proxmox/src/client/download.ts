import type { RequestOptions } from './call.js'
import type { Door } from './door.js'
import { encodeForm } from './encode-form.js'
import { refusal } from './error.js'
import { fillTemplate, operationOf, splitParameters } from './operation.js'
import { readError } from './read-error.js'

/** The operations that can stream, Proxmox VE 7.4 to 9.2. */
export type DownloadKey =
  | 'GET /nodes/{node}/tasks/{upid}/log'
  | 'GET /nodes/{node}/storage/{storage}/file-restore/download'
  | 'GET /nodes/{node}/journal'

/** Runs an operation and gives its body as it arrives, not as JSON. The deadline covers the whole body. */
export async function startDownload(
  door: Door,
  host: string,
  key: string,
  parameters: Readonly<Record<string, unknown>>,
  options: RequestOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const operation = operationOf(key)
  if (operation.method !== 'GET') throw refusal(`${key} cannot be downloaded: only reads can`)
  const { path, rest } = splitParameters(operation, parameters)
  const query = encodeForm(rest ?? {})
  const response = await door({
    operation: key,
    method: 'GET',
    path: `/api2/json${fillTemplate(operation.template, path)}${query === '' ? '' : `?${query}`}`,
    headers: {},
    timeoutMs: options.timeoutMs ?? 600_000,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  if (response.status === 200) return response.stream()
  const body = await response.text()
  const node = typeof path.node === 'string' ? path.node : undefined
  throw readError({ status: response.status, reason: response.statusText, body, host, operation: key, node })
}
