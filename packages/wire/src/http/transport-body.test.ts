import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LoopbackReply, LoopbackServer } from '../loopback/index.js'
import { contentEncoding } from './content-encoding.js'
import { decompressAtOnce, decompressed, TooLargeAfterDecompression } from './decompression.js'
import { startServer, transportTo, wireErrorOf } from './testing/cleanup.js'

const get = { method: 'GET', path: '/body' }

function replying(reply: LoopbackReply): Promise<LoopbackServer> {
  return startServer({ handler: () => reply })
}

/** Text that compresses little, so that its compressed form is large as well. */
function noise(length: number): string {
  let state = 1
  let text = ''
  for (let index = 0; index < length; index += 1) {
    state = (state * 48_271) % 2_147_483_647
    text += String.fromCharCode(33 + (state % 90))
  }
  return text
}

describe('bodies', () => {
  it('are read as bytes, text or JSON, once', async () => {
    const server = await replying({ status: 200, body: '{"name":"Prüfstein"}' })
    const transport = transportTo(server)
    expect(Buffer.from(await (await transport.request(get)).bytes()).toString()).toBe('{"name":"Prüfstein"}')
    expect(await (await transport.request(get)).text()).toBe('{"name":"Prüfstein"}')
    const answer = await transport.request(get)
    expect(await answer.json()).toEqual({ name: 'Prüfstein' })
    await expect(answer.text()).rejects.toThrow(TypeError)
    expect(() => answer.body[Symbol.asyncIterator]()).toThrow(/already read/)
  })

  it('carry status, reason phrase and repeated headers beside them', async () => {
    const server = await replying({
      status: 400,
      reason: 'Parameter verification failed.',
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-One', 'two'],
      ],
    })
    const answer = await transportTo(server).request(get)
    expect(answer).toMatchObject({ status: 400, statusText: 'Parameter verification failed.' })
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-one': 'two' })
    expect(await answer.text()).toBe('')
  })

  it('lose a byte order mark', async () => {
    const server = await replying({ status: 200, body: Buffer.from('\ufeff{"a":1}') })
    expect(await (await transportTo(server).request(get)).json()).toEqual({ a: 1 })
  })

  it('that are no JSON fail with protocol and are not quoted', async () => {
    const server = await replying({ status: 200, headers: [['content-type', 'text/html']], body: '<p>ticket-secret' })
    const error = await wireErrorOf((await transportTo(server).request(get)).json())
    expect(error).toMatchObject({ kind: 'protocol', outcome: 'answered', retryable: false, path: '/body' })
    expect(error.message).toContain('text/html')
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('secret')
  })

  it('come in pieces, and larger than what is buffered', async () => {
    const text = noise(1_500_000)
    const server = await replying({ status: 200, body: text })
    const transport = transportTo(server)
    expect(await (await transport.request(get)).text()).toBe(text)
    const chunks: Uint8Array[] = []
    for await (const chunk of (await transport.request(get)).body) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(1)
    expect(Buffer.concat(chunks).toString()).toBe(text)
    expect(transport.stats.connections).toBe(1)
  })

  it('wait on the wire while nobody reads', async () => {
    let sent = 0
    async function* endless(): AsyncIterable<Uint8Array> {
      for (; sent < 400; sent += 1) yield Buffer.alloc(100_000)
    }
    const server = await startServer({ handler: () => ({ status: 200, body: endless() }) })
    const answer = await transportTo(server).request(get)
    for (let before = -1; before !== sent; ) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    expect(sent).toBeLessThan(300) // the kernel's buffers on both sides take some megabytes
    expect((await answer.bytes()).length).toBe(40_000_000)
  })

  it('may be left in the middle: the connection is given up and the next request goes on', async () => {
    const server = await replying({ status: 200, body: Buffer.alloc(5_000_000) })
    const transport = transportTo(server, { maxConnections: 1 })
    for await (const chunk of (await transport.request(get)).body) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect((await (await transport.request(get)).bytes()).length).toBe(5_000_000)
    expect(transport.stats.connections).toBe(2)
  })

  it('are absent after HEAD and 204', async () => {
    const server = await replying({ status: 204 })
    const transport = transportTo(server, { maxBodyBytes: 3 })
    expect(await (await transport.request(get)).text()).toBe('')
    const heads = await replying({ status: 200, body: 'longer than three' })
    expect(await (await transportTo(heads, { maxBodyBytes: 3 }).request({ ...get, method: 'HEAD' })).text()).toBe('')
  })

  it('are sent as text or bytes with their length', async () => {
    const seen: (string | undefined)[] = []
    const server = await startServer({
      handler: (request) => {
        seen.push(request.headers['content-length'], request.headers['transfer-encoding'], request.body.toString())
        return { status: 200 }
      },
    })
    const transport = transportTo(server)
    await transport.request({ method: 'POST', path: '/', body: 'ä' })
    await transport.request({ method: 'PUT', path: '/', body: new Uint8Array([65, 66]).subarray(1) })
    await transport.request({ method: 'POST', path: '/' })
    expect(seen).toEqual(['2', undefined, 'ä', '1', undefined, 'B', '0', undefined, ''])
  })
})

describe('limits', () => {
  it.each([
    ['announced', { status: 200, body: 'x'.repeat(1_001) }],
    ['not announced', { status: 200, headers: [['Transfer-Encoding', 'chunked']], body: 'x'.repeat(1_001) }],
    ['gzip', { status: 200, headers: [['Content-Encoding', 'gzip']], body: gzipSync('x'.repeat(1_001)) }],
  ] as [string, LoopbackReply][])('hold for a body whose length is %s', async (_name, reply) => {
    const server = await replying(reply)
    const transport = transportTo(server, { maxBodyBytes: 1_000 })
    const reading = transport.request(get).then((answer) => answer.text())
    const error = await wireErrorOf(reading)
    expect(error).toMatchObject({ kind: 'body-too-large', outcome: 'answered', retryable: false })
    expect(error.message).toMatch(/1000 bytes.*maxBodyBytes/)
    const allowed = await transport.request({ ...get, maxBodyBytes: 1_001 })
    expect((await allowed.text()).length).toBe(1_001)
    expect(server.requests.count()).toBe(2)
  })

  it('stop a bomb, in one go and streamed', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    const server = await replying({ status: 200, headers: [['Content-Encoding', 'gzip']], body: bomb })
    const transport = transportTo(server, { maxBodyBytes: 2_000_000 })
    const answer = await transport.request(get)
    expect(await wireErrorOf(answer.text())).toMatchObject({ kind: 'body-too-large' })
    let received = 0
    const reading = async (): Promise<void> => {
      for await (const chunk of (await transport.request(get)).body) received += chunk.length
    }
    expect(await wireErrorOf(reading())).toMatchObject({ kind: 'body-too-large' })
    expect(received).toBeLessThanOrEqual(2_000_000)
  })
})

describe('compression', () => {
  it('is asked for, unless the caller asks for something else', async () => {
    const seen: unknown[] = []
    const server = await startServer({
      handler: (request) => {
        seen.push(request.headers['accept-encoding'])
        return { status: 200 }
      },
    })
    const transport = transportTo(server)
    await transport.request(get)
    await transport.request({ ...get, headers: { 'X-Other': '1' } })
    await transport.request({ ...get, headers: { 'Accept-Encoding': 'identity' } })
    const uncompressed = transportTo(server, { compression: false })
    await uncompressed.request(get)
    await uncompressed.request({ ...get, headers: { 'Accept-Encoding': 'gzip' } })
    expect(seen).toEqual(['gzip, deflate', 'gzip, deflate', 'identity', 'identity', 'gzip'])
  })

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ] as const)('%s is undone for small, large and streamed bodies', async (encoding, compress) => {
    for (const text of ['', 'small', noise(300_000)]) {
      const server = await replying({ status: 200, headers: [['Content-Encoding', encoding]], body: compress(text) })
      const transport = transportTo(server)
      expect(await (await transport.request(get)).text()).toBe(text)
      const chunks: Uint8Array[] = []
      for await (const chunk of (await transport.request(get)).body) chunks.push(chunk)
      expect(Buffer.concat(chunks).toString()).toBe(text)
    }
  })

  it('may be announced for a body that is empty', async () => {
    const server = await replying({ status: 200, headers: [['Content-Encoding', 'gzip']] })
    expect(await (await transportTo(server).request(get)).text()).toBe('')
  })

  it.each([
    ['damaged', 'gzip', Buffer.from('this is no gzip at all')],
    ['cut off', 'gzip', gzipSync(noise(5_000)).subarray(0, 2_000)],
    ['of an unknown kind', 'br', Buffer.from('x')],
    ['twofold', 'gzip, gzip', gzipSync(gzipSync('x'))],
  ])('that is %s fails with protocol', async (_name, encoding, body) => {
    const server = await replying({ status: 200, headers: [['Content-Encoding', encoding]], body })
    const transport = transportTo(server)
    expect(await wireErrorOf((await transport.request(get)).text())).toMatchObject({
      kind: 'protocol',
      retryable: false,
    })
    const reading = async (): Promise<void> => {
      for await (const _chunk of (await transport.request(get)).body);
    }
    expect(await wireErrorOf(reading())).toMatchObject({ kind: 'protocol', outcome: 'answered' })
  })

  it('fails with the error of the connection when that breaks', async () => {
    const body = gzipSync(noise(1_500_000))
    const server = await replying({ status: 200, headers: [['Content-Encoding', 'gzip']], body })
    server.faults.add({ match: {}, action: { type: 'truncate', bytes: 600_000 } })
    const answer = await transportTo(server).request(get)
    expect(await wireErrorOf(answer.text())).toMatchObject({ kind: 'reset', outcome: 'answered' })
  })

  it('is undone whatever the bytes and however they are cut', async () => {
    const encoded = fc.tuple(fc.constantFrom('gzip', 'deflate', 'raw'), fc.uint8Array({ maxLength: 2_000 }))
    const compress = { gzip: gzipSync, deflate: deflateSync, raw: deflateRawSync }
    await fc.assert(
      fc.asyncProperty(encoded, fc.integer({ min: 1, max: 700 }), async ([format, bytes], size) => {
        const encoding = format === 'gzip' ? 'gzip' : 'deflate'
        const body = compress[format as keyof typeof compress](bytes)
        expect(Buffer.from(decompressAtOnce(encoding, body, 2_000))).toEqual(Buffer.from(bytes))
        async function* pieces(): AsyncIterable<Uint8Array> {
          for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
        }
        const chunks: Uint8Array[] = []
        for await (const chunk of decompressed(encoding, pieces(), 2_000)) chunks.push(chunk)
        expect(Buffer.concat(chunks)).toEqual(Buffer.from(bytes))
        if (bytes.length < 2) return
        const limit = bytes.length - 1
        expect(() => decompressAtOnce(encoding, body, limit)).toThrow(TooLargeAfterDecompression)
        const reading = async (): Promise<void> => {
          for await (const _chunk of decompressed(encoding, pieces(), limit));
        }
        await expect(reading()).rejects.toThrow(TooLargeAfterDecompression)
      }),
      { numRuns: 60 },
    )
  })

  it('is named in any case and with spaces', () => {
    expect(contentEncoding(' GZip ')).toBe('gzip')
    expect(contentEncoding(['deflate'])).toBe('deflate')
    expect(contentEncoding('')).toBe('identity')
    expect(contentEncoding('Identity')).toBe('identity')
    expect(contentEncoding(['gzip', 'gzip'])).toBe('unknown')
  })
})
