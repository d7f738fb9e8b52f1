import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { LoopbackServer } from '../loopback/index.js'
import { atEnd, openTransport, startServer, transportTo, wireErrorOf } from './testing/cleanup.js'
import type { Transport } from './transport-types.js'
import type { WireError } from './wire-error.js'

const get = { method: 'GET', path: '/list' }
const post = { method: 'POST', path: '/create', body: 'name=x' }

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** A TCP server that does what it is told with each connection; nothing speaks TLS there. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<{ url: string; connections: () => number }> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
  return { url: `http://127.0.0.1:${port}`, connections: () => connections }
}

describe('a connection that cannot be opened', () => {
  it('is not-sent when refused, and tried again for mutations too', async () => {
    const server = await startServer()
    await server.close()
    const transport = transportTo(server)
    const error = await wireErrorOf(transport.request(post))
    expect(error).toMatchObject({
      kind: 'connect',
      outcome: 'not-sent',
      retryable: true,
      method: 'POST',
      path: '/create',
    })
    expect(error.message).toMatch(/ECONNREFUSED.*check the port/)
    expect(transport.stats).toEqual({ requests: 1, connections: 0, retries: 2 })
  })

  it('reaches a server that comes up between attempts', async () => {
    const first = await startServer()
    await first.close()
    const transport = openTransport({ baseUrl: first.url, allowUntrusted: true, retries: 1_000 })
    const answer = transport.request(post)
    await until(() => transport.stats.retries >= 1)
    const second = await startServer({ port: first.port })
    expect((await answer).status).toBe(200)
    expect(second.requests.count({ path: '/create' })).toBe(1)
  })

  it('names an unknown host', async () => {
    // More than a resolver takes that asks servers which do not answer.
    const patience = { timeoutMs: 120_000, connectTimeoutMs: 120_000 }
    const transport = openTransport({ baseUrl: 'https://no-such-host.invalid', retries: 0, ...patience })
    expect(await wireErrorOf(transport.request(get))).toMatchObject({ kind: 'dns', outcome: 'not-sent' })
  })

  it('ends after the time for connecting, with nothing sent', async () => {
    const silent = await rawServer(() => {})
    const baseUrl = silent.url.replace('http:', 'https:')
    const transport = openTransport({ baseUrl, connectTimeoutMs: 30, retries: 1 })
    const error = await wireErrorOf(transport.request(post))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'not-sent', retryable: true })
    expect(error.message).toMatch(/within 30 ms/)
    await expect.poll(silent.connections).toBe(2)
  })

  it('leaves its place to others when the caller gave up meanwhile', async () => {
    let received = 0
    const server = await rawServer((socket) => {
      socket.once('data', () => {
        received += 1
        if (received > 1) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const transport = openTransport({ baseUrl: server.url, allowPlainHttp: true, maxConnections: 1 })
    const controller = new AbortController()
    const given = wireErrorOf(transport.request({ ...get, signal: controller.signal }))
    await until(() => received === 1)
    controller.abort()
    expect(await given).toMatchObject({ kind: 'aborted', outcome: 'unknown' })
    expect(await (await transport.request(get)).text()).toBe('ok')
  })
})

describe('a connection that breaks', () => {
  async function breaking(action: 'drop-before' | 'drop-after' | 'garbage', times = 1): Promise<LoopbackServer> {
    const server = await startServer()
    server.faults.add({ match: { times }, action: { type: action } })
    return server
  }

  it('has a read sent again', async () => {
    const server = await breaking('drop-before', 2)
    const transport = transportTo(server)
    expect(await (await transport.request(get)).text()).toBe('fine')
    expect(transport.stats).toEqual({ requests: 1, connections: 3, retries: 2 })
  })

  it('fails a read that broke each time', async () => {
    const server = await breaking('drop-after', 10)
    const error = await wireErrorOf(transportTo(server).request(get))
    expect(error).toMatchObject({ kind: 'reset', outcome: 'unknown', retryable: true })
    expect(server.requests.count()).toBe(3)
  })

  it('never has a mutation sent again: it may have been acted upon', async () => {
    const server = await breaking('drop-after')
    const transport = transportTo(server)
    const error = await wireErrorOf(transport.request(post))
    expect(error).toMatchObject({ kind: 'reset', outcome: 'unknown', retryable: false })
    expect(error.message).toMatch(/may have been acted upon/)
    expect(server.requests.count()).toBe(1)
    expect(transport.stats.retries).toBe(0)
  })

  it('has a mutation sent again that the caller calls idempotent', async () => {
    const server = await breaking('drop-after')
    const answer = await transportTo(server).request({ ...post, method: 'PUT', idempotent: true })
    expect(answer.status).toBe(200)
    expect(server.requests.count()).toBe(2)
  })

  it('does not send a read again that the caller calls not idempotent', async () => {
    const server = await breaking('drop-after')
    const error = await wireErrorOf(transportTo(server).request({ ...get, idempotent: false }))
    expect(error).toMatchObject({ outcome: 'unknown', retryable: false })
    expect(server.requests.count()).toBe(1)
  })

  it('is found when an idle connection was closed by the server: reads survive, mutations tell', async () => {
    const server = await startServer()
    const transport = transportTo(server)
    await (await transport.request(get)).text()
    server.faults.add({ match: { times: 1 }, action: { type: 'drop-before' } })
    expect((await transport.request(get)).status).toBe(200)
    expect(transport.stats.retries).toBe(1)
    server.faults.add({ match: { times: 1 }, action: { type: 'drop-before' } })
    expect(await wireErrorOf(transport.request(post))).toMatchObject({ kind: 'reset', outcome: 'unknown' })
  })

  it('is replaced unnoticed when the server closed it while it lay idle', async () => {
    const server = await startServer({ idleTimeoutMs: 20 })
    const transport = transportTo(server)
    await (await transport.request(get)).text()
    // In steps, so that a machine that stood still for a while has yet time to see the end of the connection.
    for (let step = 0; step < 12; step += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    expect((await transport.request(post)).status).toBe(200)
    expect(transport.stats).toMatchObject({ connections: 2, retries: 0 })
  })

  it('fails with protocol when the answer is no HTTP, and shows nothing of it', async () => {
    const server = await breaking('garbage')
    const error = await wireErrorOf(transportTo(server).request(get))
    expect(error).toMatchObject({ kind: 'protocol', outcome: 'unknown', retryable: false })
    expect(inspect(error, { depth: 10 })).not.toContain('SSH-2.0')
    expect(inspect(error.cause, { depth: 10, showHidden: true })).not.toContain('SSH-2.0')
  })

  it('fails with protocol when the headers never end', async () => {
    const server = await startServer({
      handler: () => ({ status: 200, headers: Array.from({ length: 3 }, (_, i) => [`x-${i}`, 'y'.repeat(9_000)]) }),
    })
    expect(await wireErrorOf(transportTo(server).request(get))).toMatchObject({ kind: 'protocol', retryable: false })
  })

  it('has a read sent again whose body was cut off', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: '0123456789' }) })
    server.faults.add({ match: { times: 1 }, action: { type: 'truncate', bytes: 4 } })
    const transport = transportTo(server)
    expect(await (await transport.request(get)).text()).toBe('0123456789')
    expect(server.requests.count()).toBe(2)
  })

  it('fails a mutation whose answer was cut off, as answered', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: '0123456789' }) })
    server.faults.add({ match: {}, action: { type: 'truncate', bytes: 4 } })
    const error = await wireErrorOf(transportTo(server).request(post))
    expect(error).toMatchObject({ kind: 'reset', outcome: 'answered', retryable: false })
    expect(server.requests.count()).toBe(1)
  })

  it('fails the reader of a large body that was cut off', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: Buffer.alloc(3_000_000) }) })
    server.faults.add({ match: {}, action: { type: 'truncate', bytes: 1_000_000 } })
    const answer = await transportTo(server).request(get)
    expect(answer.status).toBe(200)
    expect(await wireErrorOf(answer.bytes())).toMatchObject({ kind: 'reset', outcome: 'answered' })
  })

  it('obeys a server that closes after each answer', async () => {
    const server = await startServer({
      handler: () => ({
        status: 200,
        headers: [
          ['connection', 'close'],
          ['Connection', 'Keep-Alive'],
        ],
        body: 'x',
      }),
    })
    const transport = transportTo(server)
    for (let index = 0; index < 5; index += 1) await (await transport.request(post)).text()
    expect(transport.stats).toEqual({ requests: 5, connections: 5, retries: 0 })
  })
})

describe('deadlines', () => {
  /** A transport with a connection: what is loaded once, and the handshake, shall not use up the time. */
  async function connectedTo(server: LoopbackServer): Promise<Transport> {
    const transport = transportTo(server)
    await (await transport.request(get)).text()
    return transport
  }

  /** Asks with more time until the answer had begun when the time was over: how much that takes is the machine's affair. */
  async function onceBegun(ask: (timeoutMs: number) => Promise<WireError>): Promise<WireError> {
    for (const timeoutMs of [1_000, 5_000]) {
      const error = await ask(timeoutMs)
      if (error.outcome === 'answered') return error
    }
    return ask(25_000)
  }

  it('cover the wait for an answer', async () => {
    const server = await startServer()
    const transport = await connectedTo(server)
    server.faults.add({ match: {}, action: { type: 'delay', ms: 60_000 } })
    const error = await wireErrorOf(transport.request({ ...post, timeoutMs: 1000 }))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown', retryable: false })
    expect(error.message).toMatch(/within 1000 ms: it was sent/)
  })

  it('cover a body that drips, and tell that the answer had begun', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: 'x'.repeat(10_000) }) })
    const transport = await connectedTo(server)
    server.faults.add({ match: {}, action: { type: 'slow-body', bytesPerSecond: 100 } })
    const error = await onceBegun((timeoutMs) => wireErrorOf(transport.request({ ...post, timeoutMs })))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'answered', retryable: false })
    const read = await wireErrorOf(transport.request({ ...get, timeoutMs: 1000 }))
    expect(read).toMatchObject({ kind: 'timeout', retryable: true })
    expect(transport.stats.retries).toBe(0)
  })

  it('cover a large body that nobody reads', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: Buffer.alloc(4_000_000) }) })
    const transport = await connectedTo(server)
    const readLate = async (timeoutMs: number): Promise<string> => {
      const answer = await transport.request({ ...get, timeoutMs })
      await new Promise((resolve) => setTimeout(resolve, timeoutMs + 50))
      return answer.text()
    }
    const error = await onceBegun((timeoutMs) => wireErrorOf(readLate(timeoutMs)))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'answered' })
  })

  it('cover the wait for a free connection: nothing is sent', async () => {
    const server = await startServer()
    server.faults.add({ match: { path: '/slow' }, action: { type: 'delay', ms: 60_000 } })
    const transport = transportTo(server, { maxConnections: 1 })
    const controller = new AbortController()
    const slow = wireErrorOf(transport.request({ method: 'GET', path: '/slow', signal: controller.signal }))
    await until(() => server.requests.count() === 1)
    const error = await wireErrorOf(transport.request({ ...post, timeoutMs: 40 }))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'not-sent', retryable: true })
    controller.abort()
    await slow
    expect((await transport.request(get)).status).toBe(200)
    expect(server.requests.count({ path: '/create' })).toBe(0)
  })

  it('cut retries short', async () => {
    const server = await startServer()
    await server.close()
    const transport = transportTo(server, { retries: 100, timeoutMs: 100 })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'not-sent' })
    expect(transport.stats.retries).toBeLessThan(20)
  })
})

describe('abort', () => {
  it('before the call sends nothing', async () => {
    const server = await startServer()
    const reason = new Error('user left')
    const error = await wireErrorOf(transportTo(server).request({ ...post, signal: AbortSignal.abort(reason) }))
    expect(error).toMatchObject({ kind: 'aborted', outcome: 'not-sent', retryable: false, cause: reason })
    expect(server.requests.connections()).toBe(0)
  })

  it('while the connection is being opened sends nothing', async () => {
    const silent = await rawServer(() => {})
    const controller = new AbortController()
    const baseUrl = silent.url.replace('http:', 'https:')
    const transport = openTransport({ baseUrl })
    const answer = wireErrorOf(transport.request({ ...post, signal: controller.signal }))
    await until(() => silent.connections() === 1)
    controller.abort()
    expect(await answer).toMatchObject({ kind: 'aborted', outcome: 'not-sent' })
  })

  it('while the connection is being opened keeps the request back when it stands at last', async () => {
    const server = await startServer()
    let letThrough: () => void = () => {}
    const relay = await rawServer((client) => {
      client.pause()
      letThrough = () => {
        const upstream = connect(server.port, server.host)
        upstream.on('error', () => {})
        client.pipe(upstream).pipe(client)
      }
    })
    const transport = openTransport({
      baseUrl: relay.url.replace('http:', 'https:'),
      fingerprint256: server.fingerprint256,
      maxConnections: 1,
    })
    const controller = new AbortController()
    const answer = wireErrorOf(transport.request({ ...post, signal: controller.signal }))
    await until(() => relay.connections() === 1)
    controller.abort()
    expect(await answer).toMatchObject({ kind: 'aborted', outcome: 'not-sent' })
    const next = transport.request(get)
    letThrough()
    expect((await next).status).toBe(200)
    expect(server.requests.count({ path: '/create' })).toBe(0)
    expect(relay.connections()).toBe(1)
  })

  it('during the wait for the answer leaves the outcome unknown', async () => {
    const server = await startServer()
    server.faults.add({ match: {}, action: { type: 'delay', ms: 60_000 } })
    const controller = new AbortController()
    const answer = wireErrorOf(transportTo(server).request({ ...post, signal: controller.signal }))
    await until(() => server.requests.count() === 1)
    controller.abort()
    expect(await answer).toMatchObject({ kind: 'aborted', outcome: 'unknown', retryable: false })
  })

  it('during the body fails its reader', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: Buffer.alloc(4_000_000) }) })
    const controller = new AbortController()
    const answer = await transportTo(server).request({ ...get, signal: controller.signal })
    controller.abort()
    expect(await wireErrorOf(answer.bytes())).toMatchObject({ kind: 'aborted', outcome: 'answered' })
  })

  it('between two attempts ends the call', async () => {
    const server = await startServer()
    await server.close()
    const controller = new AbortController()
    const transport = transportTo(server, { retries: 1_000 })
    const answer = wireErrorOf(transport.request({ ...get, signal: controller.signal }))
    await until(() => transport.stats.retries > 0)
    controller.abort()
    expect(await answer).toMatchObject({ kind: 'aborted', outcome: 'not-sent' })
  })

  it('ends every request that shares the signal, and Node sees no leak of listeners', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    atEnd(() => process.off('warning', note))
    const server = await startServer()
    const transport = transportTo(server)
    const controller = new AbortController()
    const { signal } = controller
    const fast = await Promise.all(Array.from({ length: 20 }, () => transport.request({ ...get, signal })))
    expect(fast.every((answer) => answer.status === 200)).toBe(true)
    server.faults.add({ match: {}, action: { type: 'delay', ms: 60_000 } })
    const slow = Array.from({ length: 20 }, () => wireErrorOf(transport.request({ ...get, signal })))
    await until(() => server.requests.count() > 20)
    controller.abort()
    expect(new Set((await Promise.all(slow)).map((error) => error.kind))).toEqual(new Set(['aborted']))
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })

  it('after the answer changes nothing', async () => {
    const server = await startServer()
    const controller = new AbortController()
    const answer = await transportTo(server).request({ ...get, signal: controller.signal })
    controller.abort()
    expect(await answer.text()).toBe('fine')
  })
})

describe('requests that cannot be sent', () => {
  it('are refused before a connection carries them', async () => {
    const server = await startServer()
    const transport = transportTo(server)
    await expect(transport.request({ method: 'GET', path: 'no-slash' })).rejects.toThrow(TypeError)
    await expect(transport.request({ method: 'GET', path: 'https://other.example/' })).rejects.toThrow(TypeError)
    for (const timeoutMs of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(transport.request({ ...get, timeoutMs })).rejects.toThrow(/timeoutMs must lie between/)
    }
    for (const request of [
      { method: 'GET', path: '/a b' },
      { method: 'GET', path: '/a\r\nX-Injected: 1' },
      { method: 'GET /x HTTP/1.1\r\n', path: '/' },
      { method: 'GET', path: '/', headers: { authorization: 'a\r\nx-injected: 1' } },
      { method: 'GET', path: '/', headers: { 'bad name': 'x' } },
    ]) {
      const error = await wireErrorOf(transport.request(request))
      expect(error).toMatchObject({ kind: 'protocol', outcome: 'not-sent', retryable: false })
      expect(inspect(error.cause)).not.toContain('x-injected')
    }
    expect(server.requests.count()).toBe(0)
    expect((await transport.request(get)).status).toBe(200)
  })
})
