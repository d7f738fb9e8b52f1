import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openTunnel } from './proxy-tunnel.js'
import { readServerCertificate } from './server-certificate.js'
import { connectionSettings } from './settings.js'
import { atEnd, openTransport, startServer, transportTo, wireErrorOf } from './testing/cleanup.js'

interface LoopbackProxy {
  url: string
  port: number
  heads: string[]
  /** Bytes that went through tunnels towards the server. */
  tunnelled(): Buffer
}

type Answer = (head: string) => string

const OPENED = 'HTTP/1.1 200 Connection established\r\n\r\n'

/** A proxy that answers CONNECT as told and opens a tunnel when the answer is a 200. */
async function startProxy(answer: Answer = () => OPENED): Promise<LoopbackProxy> {
  const heads: string[] = []
  const upward: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {})
    client.once('data', (head: Buffer) => {
      heads.push(head.toString())
      const reply = answer(head.toString())
      const target = /^CONNECT (\S+):(\d+) /.exec(head.toString())
      if (!reply.includes(' 200 ') || target === null) {
        client.end(reply)
        return
      }
      const upstream = connect(Number(target[2]), target[1], () => {
        client.write(reply)
        client.on('data', (chunk: Buffer) => {
          upward.push(chunk)
          upstream.write(chunk)
        })
        upstream.pipe(client)
      })
      sockets.add(upstream)
      upstream.on('error', () => client.destroy())
      client.on('close', () => upstream.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
  return { url: `http://127.0.0.1:${port}`, port, heads, tunnelled: () => Buffer.concat(upward) }
}

const get = { method: 'GET', path: '/through' }

describe('an HTTP proxy', () => {
  it('is asked for one tunnel a connection, and sees nothing of the requests', async () => {
    const server = await startServer()
    const proxy = await startProxy()
    const transport = transportTo(server, { proxy: proxy.url })
    for (let index = 0; index < 3; index += 1) await (await transport.request(get)).text()
    expect(proxy.heads).toEqual([`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`])
    expect(proxy.tunnelled().toString('latin1')).not.toContain('/through')
    expect(server.requests.count()).toBe(3)
  })

  it('is given user and password, decoded from the URL', async () => {
    const expected = `Basic ${Buffer.from('us@er:pä:ss').toString('base64')}`
    const proxy = await startProxy((head) =>
      head.includes(`Proxy-Authorization: ${expected}\r\n`) ? OPENED : 'HTTP/1.1 407 Who are you\r\n\r\n',
    )
    const server = await startServer()
    const authority = `127.0.0.1:${proxy.port}`
    const good = transportTo(server, { proxy: `http://us%40er:${encodeURIComponent('pä:ss')}@${authority}` })
    expect((await good.request(get)).status).toBe(200)
    const none = await wireErrorOf(transportTo(server, { proxy: proxy.url }).request(get))
    expect(none).toMatchObject({ kind: 'proxy', outcome: 'not-sent', retryable: false })
    expect(none.message).toMatch(/407.*user:password@/)
    const wrong = transportTo(server, { proxy: `http://user:secret-word@${authority}` })
    const refused = await wireErrorOf(wrong.request(get))
    expect(refused.message).toMatch(/refused the ones given/)
    expect(inspect(refused, { depth: 10 }) + JSON.stringify(refused)).not.toContain('secret-word')
  })

  it('does not weaken pins: a wrong one sends nothing to the server', async () => {
    const server = await startServer()
    const proxy = await startProxy()
    const pinned = openTransport({ baseUrl: server.url, proxy: proxy.url, fingerprint256: server.fingerprint256 })
    expect((await pinned.request(get)).status).toBe(200)
    const wrong = openTransport({ baseUrl: server.url, proxy: proxy.url, fingerprint256: 'AA'.repeat(32) })
    expect(await wireErrorOf(wrong.request(get))).toMatchObject({ kind: 'tls-pin', outcome: 'not-sent' })
    expect(server.requests.count()).toBe(1)
    const untrusted = openTransport({ baseUrl: server.url, proxy: proxy.url })
    expect(await wireErrorOf(untrusted.request(get))).toMatchObject({ kind: 'tls-untrusted' })
    const certificate = await readServerCertificate({ baseUrl: server.url, proxy: proxy.url })
    expect(certificate.fingerprint256).toBe(server.fingerprint256)
  })

  it('carries plain HTTP through a tunnel too', async () => {
    const server = await startServer({ protocol: 'http' })
    const proxy = await startProxy()
    const transport = openTransport({ baseUrl: server.url, allowPlainHttp: true, proxy: proxy.url })
    expect(await (await transport.request(get)).text()).toBe('fine')
    expect(proxy.heads).toHaveLength(1)
  })

  it('may send the first bytes of the server together with its answer: they are not lost', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write(OPENED.slice(0, 20))
        setImmediate(() => socket.end(`${OPENED.slice(20)}early bytes`))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
    const socket = connect(port, '127.0.0.1')
    const settings = connectionSettings({ baseUrl: 'https://10.0.0.1', proxy: `http://127.0.0.1:${port}` })
    if (settings.proxy === undefined) throw new Error('the proxy was not parsed')
    await openTunnel(socket, settings.proxy, settings)
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('early bytes')
  })

  it.each([
    ['HTTP/1.1 403 Forbidden\r\n\r\n', false, /does not allow this destination/],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', true, /could not reach the server/],
    ['SSH-2.0-OpenSSH\r\n\r\n', false, /does not answer like an HTTP proxy/],
    ['x'.repeat(20_000), false, /does not answer like an HTTP proxy/],
    ['', true, /closed the connection/],
  ])('that answers otherwise fails with proxy (%#)', async (answer, retryable, text) => {
    const server = await startServer()
    const proxy = await startProxy(() => answer)
    const transport = transportTo(server, { proxy: proxy.url, retries: 1 })
    const error = await wireErrorOf(transport.request({ ...get, method: 'POST' }))
    expect(error).toMatchObject({ kind: 'proxy', outcome: 'not-sent', retryable })
    expect(error.message).toMatch(text)
    expect(proxy.heads).toHaveLength(retryable ? 2 : 1)
    expect(server.requests.connections()).toBe(0)
  })

  it('out of reach fails with proxy, and events name it without its password', async () => {
    const events: unknown[] = []
    const listen = (event: unknown): void => void events.push(event)
    subscribe('dcm.wire.connect', listen)
    atEnd(() => unsubscribe('dcm.wire.connect', listen))
    const gone = await startServer({ protocol: 'http' })
    await gone.close()
    const proxy = `http://user:secret-word@127.0.0.1:${gone.port}`
    const transport = openTransport({ baseUrl: 'https://10.0.0.1', proxy, retries: 0 })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ kind: 'proxy', outcome: 'not-sent', retryable: true })
    expect(error.message).toMatch(/proxy is out of reach.*ECONNREFUSED/)
    expect(events).toMatchObject([{ host: '10.0.0.1:443', proxy: `127.0.0.1:${gone.port}`, kind: 'proxy' }])
    expect(JSON.stringify(events) + inspect(error)).not.toContain('secret-word')
  })

  it('that never answers ends with the time for connecting', async () => {
    const server = await startServer()
    const silent = createServer((socket) => {
      socket.on('error', () => {})
      socket.resume()
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    atEnd(() => void silent.close())
    const { port } = silent.address() as AddressInfo // a listening TCP server has an address of this shape
    const transport = transportTo(server, { proxy: `http://127.0.0.1:${port}`, connectTimeoutMs: 40, retries: 0 })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'not-sent' })
    expect(error.message).toMatch(/through the proxy 127/)
  })
})
