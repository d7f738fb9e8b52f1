import { describe, expect, it } from 'vitest'
import { createMultipart } from './multipart.js'

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of body) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

describe('createMultipart', () => {
  it('writes fields first, the file last, its disposition first, and knows its length', async () => {
    const multipart = createMultipart(
      [
        ['content', 'iso'],
        ['checksum', 'äb'],
      ],
      { fileName: 'a.iso', size: 5, content: chunks('he', 'llo') },
    )
    const text = await textOf(multipart.body)
    const boundary = multipart.contentType.split('boundary=')[1]
    expect(text).toBe(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="content"',
        '',
        'iso',
        `--${boundary}`,
        'Content-Disposition: form-data; name="checksum"',
        '',
        'äb',
        `--${boundary}`,
        'Content-Disposition: form-data; name="filename"; filename="a.iso"',
        'Content-Type: application/octet-stream',
        '',
        'hello',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
    )
    expect(multipart.contentLength).toBe(Buffer.byteLength(text))
  })

  it.each([['a".iso'], ['a\r\nX: y.iso'], ['../a.iso'], ['ä.iso'], [''], ['a'.repeat(256)]])(
    'refuses the name %j',
    (fileName) => {
      expect(() => createMultipart([], { fileName, size: 0, content: chunks() })).toThrow(/file name/)
    },
  )

  it('refuses line breaks in fields, and content of another size', async () => {
    expect(() => createMultipart([['content', 'iso\r\n']], { fileName: 'a', size: 0, content: chunks() })).toThrow(
      /line breaks/,
    )
    const short = createMultipart([], { fileName: 'a', size: 9, content: chunks('hello') })
    await expect(textOf(short.body)).rejects.toThrow(/5 bytes, not the 9/)
  })
})
