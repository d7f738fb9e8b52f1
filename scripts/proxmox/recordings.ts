import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One recorded exchange, in the form shared by both files. */
export interface Recording {
  /** File and entry, as overlays name their source: `api-9.2.11.json "login ok"`, `live-9.1-9.2.json TestHA#12`. */
  readonly source: string
  readonly method: string
  /** Below `/api2/json`, decoded segments not yet, without query. */
  readonly path: string
  readonly query: string
  /** The form's text; undefined where the request has another body or none. */
  readonly form?: string
  readonly status: number
  /** The body's text; empty for answers without one. */
  readonly body: string
}

interface RecordedEntry {
  readonly label?: string
  readonly case?: string
  readonly id?: number
  readonly request: {
    readonly method: string
    readonly path: string
    readonly contentType: string | null
    readonly body: string | null
  }
  readonly response: { readonly status: number; readonly body: string | null }
}

const files = ['api-9.2.11.json', 'live-9.1-9.2.json']

/** Every recorded exchange, or undefined (with one loud line) where the recordings are not at hand. */
export function loadRecordings(root: string): readonly Recording[] | undefined {
  const directory = join(process.env.DCM_RECORDINGS ?? join(root, '../shared/recordings'), 'proxmox')
  if (!existsSync(directory)) {
    const message = 'No recordings of Proxmox VE: set DCM_RECORDINGS to their directory'
    if (process.env.DCM_REQUIRE_RECORDINGS === '1') throw new Error(message)
    console.warn(`SKIPPED: ${message}`)
    return undefined
  }
  return files.flatMap((file) => {
    const { entries } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as { entries: RecordedEntry[] }
    return entries.map((entry): Recording => {
      const { pathname, searchParams } = new URL(entry.request.path, 'https://recorded')
      const { contentType, body } = entry.request
      const isForm = contentType?.startsWith('application/x-www-form-urlencoded') ?? false
      return {
        source: `${file} ${entry.label === undefined ? `${entry.case}#${entry.id}` : JSON.stringify(entry.label)}`,
        method: entry.request.method,
        path: pathname.replace(/^\/api2\/json/, ''),
        query: searchParams.toString(),
        ...(isForm && body !== null && { form: body }),
        status: entry.response.status,
        body: entry.response.body ?? '',
      }
    })
  })
}
