import type { RestOperations } from '../../generated/rest-types.js'
import { refusal, VsphereError } from '../error.js'
import type { UploadOptions } from '../transfer.js'
import { sizeOf, type TransferProgress, type UploadData } from '../upload-data.js'
import type { Rest } from './rest.js'

export interface ItemUpload {
  /** Id of an item that exists. */
  readonly item: string
  /** By name: `app.ovf`, `app-disk1.vmdk`. They replace those of the item that have the same names. */
  readonly files: Readonly<Record<string, UploadData>>
}

export interface ItemUploadOptions {
  readonly signal?: AbortSignal | undefined
  /** Of all files together. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined
}

type Put = (url: string, data: UploadData, options: UploadOptions) => Promise<void>
type UpdateSession = RestOperations['GET /content/library/item/update-session/{update_session_id}']['result']

const sessions = '/content/library/item/update-session' as const
const lookAgainMs = 500
/** Sessions expire when nobody works on them for some minutes. */
const keepAliveMs = 60_000

/**
 * Fills an item of a content library: an update session with its files, which becomes valid as a whole. On failure the session is
 * given up and the item stays as it was.
 */
export async function uploadItem(
  { request, sessionHeaders }: Rest,
  put: Put,
  { item, files }: ItemUpload,
  { signal, onProgress }: ItemUploadOptions = {},
): Promise<void> {
  const entries = Object.entries(files)
  if (entries.length === 0) throw refusal('an upload needs at least one file')
  const limits = { signal }
  // By the description of the API: this answers with an id.
  const id = String(await request(`POST ${sessions}`, { library_item_id: item }, limits))
  const session = { update_session_id: id }
  const total = entries.reduce((sum, [, data]) => sum + sizeOf(data), 0)
  let before = 0
  const keepAlive = setInterval(() => {
    void request(`POST ${sessions}/{update_session_id}?action=keep-alive`, session).catch(() => undefined) // told by the next call
  }, keepAliveMs)
  keepAlive.unref()
  try {
    for (const [name, data] of entries) {
      const url = await addFile(request, session, name, sizeOf(data), limits)
      const done = before
      await put(url, data, {
        signal,
        headers: await sessionHeaders(),
        onProgress: ({ bytes }) => onProgress?.({ bytes: done + bytes, total }),
      })
      before += sizeOf(data)
    }
    await validate(request, session, limits)
    await request(`POST ${sessions}/{update_session_id}?action=complete`, session, limits)
    await waitUntilDone(request, session, signal)
  } catch (error) {
    await request(`POST ${sessions}/{update_session_id}?action=cancel`, session).catch(() => undefined) // what went wrong first counts
    throw error
  } finally {
    clearInterval(keepAlive)
    // A session that is over is of no use to anybody, and each account may have only so many.
    await request(`DELETE ${sessions}/{update_session_id}`, session).catch(() => undefined)
  }
}

async function addFile(
  request: Rest['request'],
  session: object,
  name: string,
  size: number,
  limits: { readonly signal: AbortSignal | undefined },
): Promise<string> {
  const key = `POST ${sessions}/{update_session_id}/file` as const
  const file = await request(key, { ...session, name, size, source_type: 'PUSH' }, limits)
  const uri = (file as RestOperations[typeof key]['result']).upload_endpoint?.uri // by the description of the API
  if (uri !== undefined) return uri
  throw new VsphereError({
    kind: 'protocol',
    message: `${key}: the answer has no address for ${name}`,
    outcome: 'failed',
    retryable: false,
    operation: key,
  })
}

async function validate(
  request: Rest['request'],
  session: object,
  limits: { readonly signal: AbortSignal | undefined },
): Promise<void> {
  const key = `POST ${sessions}/{update_session_id}/file?action=validate` as const
  const answer = (await request(key, session, limits)) as RestOperations[typeof key]['result'] // likewise
  if (!answer.has_errors) return
  const missing = (answer.missing_files ?? []).map((name) => `${name} is missing`)
  const invalid = (answer.invalid_files ?? []).map(
    ({ name, error_message: { default_message: text } }) => `${name}: ${text}`,
  )
  throw failed(key, [...missing, ...invalid])
}

async function waitUntilDone(
  request: Rest['request'],
  session: object,
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = `GET ${sessions}/{update_session_id}` as const
  for (;;) {
    const { state, error_message: error } = (await request(key, session, { signal })) as UpdateSession // likewise
    if (state === 'DONE') return
    if (state !== 'ACTIVE') throw failed(key, [error?.default_message ?? `the session ended as ${state}`])
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

function failed(operation: string, messages: readonly string[]): VsphereError {
  return new VsphereError({
    kind: 'failed-precondition',
    message: `${operation}: ${messages.join('; ')}`,
    outcome: 'failed',
    retryable: false,
    operation,
    causes: [{ name: 'ERROR', messages }],
  })
}
