import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUpload } from './multipart.js'
import { PlatformError } from './platform-error.js'

const boundary = '----b0undary'
const contentType = `multipart/form-data; boundary=${boundary}`

function part(disposition: string, content: Buffer | string): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
}

const end = Buffer.from(`--${boundary}--\r\n`)

describe('parseUpload', () => {
  it('returns any bytes as they were sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const content = Buffer.from(bytes)
        fc.pre(!content.includes(boundary))
        const body = Buffer.concat([
          part('name="content"', 'iso'),
          part('name="filename"; filename="a.iso"', content),
          end,
        ])
        const { parameters, file } = parseUpload(contentType, body)
        expect(parameters.get('content')).toBe('iso')
        expect(file?.content.equals(content)).toBe(true)
      }),
    )
  })

  it('does not see fields behind the file', () => {
    const body = Buffer.concat([part('name="filename"; filename="a.iso"', 'x'), part('name="content"', 'iso'), end])
    expect(parseUpload(contentType, body).parameters.has('content')).toBe(false)
  })

  it('refuses a file under another name', () => {
    const body = Buffer.concat([part('name="file"; filename="a.iso"', 'x'), end])
    expect(() => parseUpload(contentType, body)).toThrow(PlatformError)
  })

  it('keeps only the last part of a path', () => {
    const body = Buffer.concat([part('name="filename"; filename="../../etc/passwd.iso"', 'x'), end])
    expect(parseUpload(contentType, body).file?.name).toBe('passwd.iso')
  })
})
