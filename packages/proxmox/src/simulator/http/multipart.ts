import type { RawParameters } from './form.js'
import { PlatformError } from './platform-error.js'

export interface UploadedFile {
  readonly name: string
  readonly content: Buffer
}

export interface UploadBody {
  readonly parameters: RawParameters
  readonly file: UploadedFile | undefined
}

const HEADER_END = '\r\n\r\n'

/**
 * Reads the body of an upload in one pass, as the platform does: fields that come after the file are not seen, and the
 * file part must be called `filename` (Proxmox VE 9.2).
 */
export function parseUpload(contentType: string, body: Buffer): UploadBody {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) throw new PlatformError(500, 'multipart boundary is missing\n')
  const parameters: RawParameters = new Map()
  const delimiter = Buffer.from(`--${boundary}`)
  let at = body.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length + 2
    const headerEnd = body.indexOf(HEADER_END, start)
    if (headerEnd < 0) break
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), headerEnd)
    const content = body.subarray(headerEnd + HEADER_END.length, next < 0 ? body.length : next)
    const disposition = body.subarray(start, headerEnd).toString('utf8').split('\r\n')[0] ?? ''
    const name = /;\s*name="?([^";]+)"?/i.exec(disposition)?.[1] ?? ''
    const fileName = /;\s*filename="?([^";]+)"?/i.exec(disposition)?.[1]
    if (fileName !== undefined) {
      if (name !== 'filename') throw wrongFieldName(name)
      parameters.set('filename', baseName(fileName))
      return { parameters, file: { name: baseName(fileName), content: Buffer.from(content) } }
    }
    parameters.set(name, content.toString('utf8'))
    at = next < 0 ? -1 : next + 2
  }
  return { parameters, file: undefined }
}

/** Browsers once sent whole paths; only the last part counts, and what is no plain name character becomes `_`. */
function baseName(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/[^-a-zA-Z0-9_.]/g, '_')
}

function wrongFieldName(name: string): PlatformError {
  return new PlatformError(
    500,
    `wrong field name '${name}' for file upload, expected 'filename' at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1325.\n`,
  )
}
