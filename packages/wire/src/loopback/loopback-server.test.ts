import { createServer, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from './loopback-server.js'

interface Answer {
  status: number
  reason: string
  rawHeaders: string[]
  body: string
}

const patience = { timeout: 20_000, interval: 5 }

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const server = await startLoopbackServer(options)
  closers.push(() => server.close())
  return server
}

function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  closers.push(() => agent.destroy())
  return agent
}

function send(
  server: LoopbackServer,
  path: string,
  options: { method?: string; body?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answered = (message: IncomingMessage): void => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('error', reject)
      message.on('end', () =>
        resolve({
          status: message.statusCode ?? 0,
          reason: message.statusMessage ?? '',
          rawHeaders: message.rawHeaders,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    }
    const { body, ...rest } = options
    const outgoing = request(`${server.url}${path}`, { ca: server.ca, agent: false, ...rest }, answered)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('loopback server', () => {
  it('gives the handler the whole request and sends its reply, reason phrase included', async () => {
    const server = await start({
      handler: (request) => ({
        status: 400,
        reason: 'Parameter verification failed.',
        body: JSON.stringify({ method: request.method, path: request.path, body: request.body.toString() }),
      }),
    })
    const answer = await send(server, '/api?secret=x', { method: 'POST', body: 'a=1' })
    expect(answer).toMatchObject({ status: 400, reason: 'Parameter verification failed.' })
    expect(JSON.parse(answer.body)).toEqual({ method: 'POST', path: '/api?secret=x', body: 'a=1' })
    expect(server.requests.entries()).toMatchObject([{ method: 'POST', path: '/api', status: 400, connectionId: 1 }])
    expect(JSON.stringify(server.requests.entries())).not.toContain('secret')
  })

  it('counts connections and the requests on each, and filters its log', async () => {
    const seen: [number, number][] = []
    const server = await start({
      handler: (request) => {
        seen.push([request.connectionId, request.sequence])
        return { status: 200, body: 'x' }
      },
    })
    const agent = keepAliveAgent()
    for (let index = 0; index < 3; index += 1) await send(server, `/kept/${index}`, { agent })
    await send(server, '/alone')
    expect(seen).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ])
    expect(server.requests.connections()).toBe(2)
    expect(server.requests.count({ path: /^\/kept\// })).toBe(3)
    expect(server.requests.count({ path: '/kept/1', method: 'GET', status: 200 })).toBe(1)
    expect(server.requests.count({ status: 404 })).toBe(0)
    server.requests.clear()
    expect(server.requests.count()).toBe(0)
  })

  it('counts the requests that its handler had at once', async () => {
    const waiting: (() => void)[] = []
    const server = await start({
      handler: async () => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return { status: 200, body: 'x' }
      },
    })
    const answers = [send(server, '/a'), send(server, '/b')]
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
    for (const go of waiting.splice(0)) go()
    await Promise.all(answers)
    expect(server.requests.requestsAtOnce()).toBe(2)
    server.requests.clear()
    expect(server.requests.requestsAtOnce()).toBe(0)
  })

  it('lets its side door pass log and faults', async () => {
    const server = await start({
      handler: () => ({ status: 200, body: 'front' }),
      sideDoor: { prefix: '/side/', handler: ({ path, body }) => ({ status: 200, body: `${path} ${body}` }) },
    })
    server.faults.add({ match: {}, action: { type: 'reply', reply: { status: 503 } } })
    expect(await send(server, '/side/in', { method: 'POST', body: 'hello' })).toMatchObject({
      status: 200,
      body: '/side/in hello',
    })
    expect((await send(server, '/front')).status).toBe(503)
    expect(server.requests.entries().map(({ path }) => path)).toEqual(['/front'])
  })

  it('ends a connection at its limit of requests', async () => {
    const server = await start({ handler: () => ({ status: 200, body: 'x' }), maxRequestsPerConnection: 2 })
    const agent = keepAliveAgent()
    const first = await send(server, '/', { agent })
    const second = await send(server, '/', { agent })
    await send(server, '/', { agent })
    expect(first.rawHeaders).toContain('Keep-Alive')
    expect(second.rawHeaders).toContain('close')
    expect(server.requests.entries().map((entry) => entry.connectionId)).toEqual([1, 1, 2])
  })

  it('closes an idle connection', async () => {
    const server = await start({ handler: () => ({ status: 200, body: 'x' }), idleTimeoutMs: 30 })
    const socket = connect({ host: server.host, port: server.port, ca: server.ca })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.resume()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed
    expect(server.requests.count()).toBe(1)
  })

  it('repeats a header name as often as the reply does, and obeys `close` among them', async () => {
    const server = await start({
      handler: () => ({
        status: 200,
        headers: [
          ['connection', 'close'],
          ['Connection', 'Keep-Alive'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
        body: 'x',
      }),
    })
    const agent = keepAliveAgent()
    const answer = await send(server, '/', { agent })
    expect(answer.rawHeaders.filter((text) => /^connection$/i.test(text))).toHaveLength(2)
    expect(answer.rawHeaders.filter((text) => text === 'Set-Cookie')).toHaveLength(2)
    await send(server, '/', { agent })
    expect(server.requests.connections()).toBe(2)
  })

  it('gives no hint of its idle limit', async () => {
    const server = await start({ handler: () => ({ status: 200 }) })
    const answer = await send(server, '/', { agent: keepAliveAgent() })
    expect(answer.rawHeaders.filter((text) => /timeout=/.test(text))).toEqual([])
  })

  it('streams bodies, answers HEAD without one and 413 to a body too large', async () => {
    async function* body(): AsyncIterable<Uint8Array> {
      yield Buffer.from('one ')
      yield Buffer.from('two')
    }
    const server = await start({ handler: () => ({ status: 200, body: body(), delayMs: 1 }), maxBodyBytes: 4 })
    expect((await send(server, '/')).body).toBe('one two')
    expect(await send(server, '/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await send(server, '/', { method: 'POST', body: '12345' })).toMatchObject({ status: 413 })
  })

  it('answers 500 when the handler throws, so that a test sees why', async () => {
    const server = await start({
      handler: () => {
        throw new Error('no such fixture')
      },
    })
    expect(await send(server, '/')).toMatchObject({ status: 500, body: expect.stringContaining('no such fixture') })
  })

  it('serves plain HTTP when told to', async () => {
    const server = await start({ handler: () => ({ status: 200, body: 'plain' }), protocol: 'http' })
    const body = await new Promise((resolve, reject) => {
      plainRequest(server.url, { agent: false }, (message) => message.on('data', (chunk) => resolve(String(chunk))))
        .on('error', reject)
        .end()
    })
    expect(body).toBe('plain')
    expect(server).toMatchObject({ ca: '', fingerprint256: '', url: `http://127.0.0.1:${server.port}` })
    expect(server.requests.connections()).toBe(1)
  })

  it('hands an upgrade over', async () => {
    const server = await start({
      handler: () => ({ status: 404 }),
      onUpgrade: (request, socket) => {
        socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n${request.path}`)
      },
    })
    const socket = connect({ host: server.host, port: server.port, ca: server.ca })
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.write('GET /console?ticket=s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve))
    expect(Buffer.concat(received).toString()).toMatch(/101 Switching Protocols[\s\S]*\/console\?ticket=s$/)
    expect(server.requests.entries()).toMatchObject([{ path: '/console', status: 101 }])
  })

  it('says so when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    closers.push(() => void other.close())
    const { port } = other.address() as AddressInfo // a listening TCP server has an address of this shape
    await expect(startLoopbackServer({ handler: () => ({ status: 200 }), port })).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('faults', () => {
  it('drops before and after the handler', async () => {
    let handled = 0
    const server = await start({
      handler: () => {
        handled += 1
        return { status: 200, body: 'x' }
      },
    })
    server.faults.add({ match: { path: '/before' }, action: { type: 'drop-before' } })
    server.faults.add({ match: { path: '/after' }, action: { type: 'drop-after' } })
    await expect(send(server, '/before?x=1')).rejects.toThrow()
    expect(handled).toBe(0)
    await expect(send(server, '/after')).rejects.toThrow()
    expect(handled).toBe(1)
    expect(server.requests.entries().map((entry) => entry.status)).toEqual([undefined, undefined])
  })

  it('cuts the connection of a call that goes on', async () => {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    let done = 0
    const server = await start({
      handler: async () => {
        await until
        done += 1
        return { status: 200, body: 'x' }
      },
    })
    server.faults.add({ match: { path: '/during', times: 1 }, action: { type: 'drop-during' } })
    await expect(send(server, '/during')).rejects.toThrow()
    expect(done).toBe(0)
    release()
    await vi.waitUntil(() => done === 1, patience)
    expect(await send(server, '/during')).toMatchObject({ status: 200, body: 'x' })
    expect(server.requests.entries().map((entry) => entry.status)).toEqual([undefined, 200])
  })

  it('holds an answer back until told, or until the client goes away', async () => {
    const server = await start({ handler: () => ({ status: 200, body: 'done' }) })
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    server.faults.add({ match: { path: '/told' }, action: { type: 'hold', until } })
    server.faults.add({ match: { path: '/ever' }, action: { type: 'hold' } })
    const heldPaths = () => server.requests.entries().flatMap(({ held, path }) => (held ? [path] : []))
    const told = send(server, '/told')
    await vi.waitUntil(() => heldPaths().includes('/told'), patience)
    release()
    expect(await told).toMatchObject({ status: 200, body: 'done' })
    const socket = connect({ host: server.host, port: server.port, ca: server.ca })
    socket.write('GET /ever HTTP/1.1\r\nhost: x\r\n\r\n')
    await vi.waitUntil(() => heldPaths().includes('/ever'), patience)
    socket.destroy()
    await vi.waitUntil(() => heldPaths().length === 0, patience)
    expect(server.requests.entries().map(({ status }) => status)).toEqual([200, undefined])
  })

  it('fits any of several methods', async () => {
    const server = await start({ handler: () => ({ status: 200 }) })
    server.faults.add({
      match: { method: ['POST', 'PUT'], after: 1 },
      action: { type: 'reply', reply: { status: 503 } },
    })
    const statuses: number[] = []
    for (const method of ['POST', 'GET', 'PUT', 'GET', 'POST'])
      statuses.push((await send(server, '/', { method })).status)
    expect(statuses).toEqual([200, 200, 503, 200, 503])
  })

  it('skips the first fitting requests and acts on as many as it was told', async () => {
    const server = await start({ handler: () => ({ status: 200, body: 'well' }) })
    const fault = server.faults.add({
      match: { method: 'GET', path: /^\/a/, after: 1, times: 2 },
      action: { type: 'reply', reply: { status: 503, reason: 'Busy' } },
    })
    const statuses: number[] = []
    for (let index = 0; index < 5; index += 1) statuses.push((await send(server, '/a/b')).status)
    expect(statuses).toEqual([200, 503, 503, 200, 200])
    expect(fault.hits()).toBe(2)
    expect((await send(server, '/other')).status).toBe(200)
  })

  it('goes away when removed or cleared', async () => {
    const server = await start({ handler: () => ({ status: 200 }) })
    const reply = { type: 'reply', reply: { status: 500 } } as const
    const first = server.faults.add({ match: {}, action: reply })
    server.faults.add({ match: { path: '/x' }, action: reply })
    expect((await send(server, '/')).status).toBe(500)
    first.remove()
    expect((await send(server, '/')).status).toBe(200)
    expect((await send(server, '/x')).status).toBe(500)
    server.faults.clear()
    expect((await send(server, '/x')).status).toBe(200)
  })

  it('delays, sends garbage, truncates and drips', async () => {
    const server = await start({ handler: () => ({ status: 200, body: '0123456789' }) })
    server.faults.add({ match: { path: '/delay' }, action: { type: 'delay', ms: 20 } })
    server.faults.add({ match: { path: '/garbage' }, action: { type: 'garbage' } })
    server.faults.add({ match: { path: '/truncate' }, action: { type: 'truncate', bytes: 4 } })
    server.faults.add({ match: { path: '/slow' }, action: { type: 'slow-body', bytesPerSecond: 200 } })
    expect((await send(server, '/delay')).body).toBe('0123456789')
    await expect(send(server, '/garbage')).rejects.toThrow(/Parse Error/)
    await expect(send(server, '/truncate')).rejects.toThrow(/aborted/)
    expect((await send(server, '/slow')).body).toBe('0123456789')
  })

  it('keeps the headers of a reply that comes with another body', async () => {
    const server = await start({ handler: () => ({ status: 201, headers: [['X-Session', 'one']], body: 'true' }) })
    server.faults.add({ match: { times: 1 }, action: { type: 'other-body', body: 'proxy' } })
    expect(await send(server, '/')).toMatchObject({
      status: 201,
      rawHeaders: expect.arrayContaining(['X-Session', 'one']),
      body: 'proxy',
    })
    expect((await send(server, '/')).body).toBe('true')
  })

  it('lets close() cut a delayed answer', async () => {
    const server = await start({ handler: () => ({ status: 200 }) })
    server.faults.add({ match: {}, action: { type: 'delay', ms: 600_000 } })
    const pending = send(server, '/')
    const failed = expect(pending).rejects.toThrow()
    while (server.requests.count() === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await server.close()
    await failed
  })
})
