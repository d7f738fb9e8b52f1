import { randomBytes } from 'node:crypto'
import { refusal } from './error.js'

export interface MultipartFile {
  readonly fileName: string
  readonly size: number
  readonly content: AsyncIterable<Uint8Array>
}

export interface Multipart {
  readonly contentType: string
  readonly contentLength: number
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * A form with one file as the platform's parser reads it: fields first, the file last, its Content-Disposition as first
 * header line and named `filename`, and a length known beforehand (it refuses chunked bodies).
 */
export function createMultipart(fields: readonly (readonly [string, string])[], file: MultipartFile): Multipart {
  const boundary = `----dcm${randomBytes(18).toString('hex')}`
  const encoder = new TextEncoder()
  const parts = fields.map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw refusal(`field '${name}' of an upload must not hold line breaks`)
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  })
  const disposition = `Content-Disposition: form-data; name="filename"; filename="${checkedFileName(file.fileName)}"`
  const head = encoder.encode(
    `${parts.join('')}--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`)

  async function* body(): AsyncGenerator<Uint8Array> {
    yield head
    let sent = 0
    for await (const chunk of file.content) {
      sent += chunk.byteLength
      yield chunk
    }
    if (sent !== file.size)
      throw refusal(`the upload's content has ${sent} bytes, not the ${file.size} that were announced`)
    yield tail
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: head.byteLength + file.size + tail.byteLength,
    body: body(),
  }
}

/** The header has no escaping that the platform reads; it also keeps only such names. */
function checkedFileName(fileName: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.+ ()-]*$/.test(fileName) && fileName.length <= 255) return fileName
  throw refusal(
    'the file name of an upload may hold letters, digits, spaces and _ . + ( ) - only, up to 255 characters',
    {
      errors: { filename: 'has other characters, or is too long' },
    },
  )
}
