import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A recorded exchange with a Proxmox VE, either file's form. */
export interface Recording {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly contentType?: string | null
    readonly body?: string | null
    readonly auth?: string
  }
  readonly response: {
    readonly status: number
    readonly reason: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

const files = ['api-9.2.11.json', 'live-9.1-9.2.json']

/**
 * All recordings, or none where they are not at hand: they are looked for in `DCM_RECORDINGS`, then beside the
 * repository. With `DCM_REQUIRE_RECORDINGS=1` their absence is an error.
 */
export function readRecordings(): readonly Recording[] {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
  const folder = join(process.env.DCM_RECORDINGS ?? join(root, '../shared/recordings'), 'proxmox')
  try {
    return files.flatMap((file) => readFile(join(folder, file)))
  } catch (error) {
    if (process.env.DCM_REQUIRE_RECORDINGS === '1') throw error
    console.warn('SKIPPED: no recordings of Proxmox VE found; set DCM_RECORDINGS to the folder that holds proxmox/')
    return []
  }
}

interface StoredEntry {
  readonly case?: string
  readonly label?: string
  readonly id?: number
  readonly request: Recording['request']
  readonly response: Omit<Recording['response'], 'reason'> & { readonly reason?: string; readonly statusLine?: string }
}

function readFile(path: string): Recording[] {
  const { entries } = JSON.parse(readFileSync(path, 'utf8')) as { entries: StoredEntry[] } // our own files
  return entries.map((entry, index) => ({
    name: `${index} ${entry.label ?? `${entry.case} ${entry.id}`}: ${entry.request.method} ${entry.request.path}`,
    request: entry.request,
    response: {
      ...entry.response,
      reason: entry.response.reason ?? entry.response.statusLine?.replace(/^\d+ ?/, '') ?? '',
      body: entry.response.body ?? '',
    },
  }))
}
