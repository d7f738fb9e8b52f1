import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { atEnd, openTransport, startServer, transportTo, wireErrorOf } from './testing/cleanup.js'

const get = { method: 'GET', path: '/' }

describe('connections', () => {
  it('are reused by sequential requests: one for all', async () => {
    const server = await startServer()
    const transport = transportTo(server)
    for (let index = 0; index < 300; index += 1) await (await transport.request(get)).text()
    expect(server.requests.connections()).toBe(1)
    expect(transport.stats).toEqual({ requests: 300, connections: 1, retries: 0 })
  })

  it('are reused when nobody reads small bodies', async () => {
    const server = await startServer()
    const transport = transportTo(server)
    for (let index = 0; index < 20; index += 1) await transport.request(get)
    expect(server.requests.connections()).toBe(1)
  })

  it('are given up before the limit of requests that the server has', async () => {
    const server = await startServer({ maxRequestsPerConnection: 100 })
    const transport = transportTo(server, { maxRequestsPerConnection: 100 })
    for (let index = 0; index < 1_000; index += 1) await (await transport.request(get)).text()
    expect(server.requests.connections()).toBe(10)
    expect(transport.stats.retries).toBe(0)
    const perConnection = new Map<number, number>()
    for (const { connectionId } of server.requests.entries()) {
      perConnection.set(connectionId, (perConnection.get(connectionId) ?? 0) + 1)
    }
    expect(new Set(perConnection.values())).toEqual(new Set([100]))
  })

  it('say `close` on their last request', async () => {
    const seen: unknown[] = []
    const server = await startServer({
      handler: (request) => {
        seen.push(request.headers.connection)
        return { status: 200 }
      },
    })
    const transport = transportTo(server, { maxRequestsPerConnection: 3 })
    for (let index = 0; index < 7; index += 1) await transport.request(get)
    expect(seen).toEqual(['keep-alive', 'keep-alive', 'close', 'keep-alive', 'keep-alive', 'close', 'keep-alive'])
  })

  it('stay within their number in a burst, and every request is served', async () => {
    let running = 0
    let most = 0
    const server = await startServer({
      handler: async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        return { status: 200, body: 'fine' }
      },
    })
    const transport = transportTo(server, { maxConnections: 5 })
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => transport.request(get).then((a) => a.text())))
    expect(answers.every((text) => text === 'fine')).toBe(true)
    expect(most).toBeLessThanOrEqual(5)
    expect(server.requests.connections()).toBe(5)
    expect(transport.stats).toEqual({ requests: 1_000, connections: 5, retries: 0 })
  })

  it('are not opened for a burst that gave up while it waited', async () => {
    const server = await startServer()
    server.faults.add({ match: { path: '/slow' }, action: { type: 'delay', ms: 60_000 } })
    const transport = transportTo(server, { maxConnections: 1 })
    const controller = new AbortController()
    const slow = wireErrorOf(transport.request({ ...get, path: '/slow', signal: controller.signal }))
    await expect.poll(() => server.requests.count()).toBe(1)
    const burst = await Promise.all(
      Array.from({ length: 300 }, () => wireErrorOf(transport.request({ ...get, timeoutMs: 40 }))),
    )
    expect(new Set(burst.map((error) => error.outcome))).toEqual(new Set(['not-sent']))
    controller.abort()
    await slow
    await transport.request(get)
    expect(transport.stats.connections).toBe(2)
    expect(server.requests.count({ path: '/' })).toBe(1)
  })

  it('serve more than a thousand that wait, in order', async () => {
    const seen: string[] = []
    const server = await startServer({
      handler: (request) => {
        seen.push(request.path)
        return { status: 200 }
      },
    })
    const transport = transportTo(server, { maxConnections: 1 })
    const paths = Array.from({ length: 2_300 }, (_, index) => `/${index}`)
    await Promise.all(paths.map((path) => transport.request({ method: 'GET', path })))
    expect(seen).toEqual(paths)
  })

  it('are closed by us when they lay idle', async () => {
    const server = await startServer()
    const transport = transportTo(server, { idleTimeoutMs: 30 })
    await (await transport.request(get)).text()
    await new Promise((resolve) => setTimeout(resolve, 150))
    await (await transport.request(get)).text()
    expect(server.requests.connections()).toBe(2)
  })

  it('are dropped before a shorter limit that the server announces', async () => {
    const server = await startServer({
      handler: () => ({ status: 200, headers: [['Keep-Alive', 'timeout=1']], body: 'x' }),
    })
    const transport = transportTo(server)
    for (let index = 0; index < 3; index += 1) await (await transport.request(get)).text()
    expect(server.requests.connections()).toBe(3)
  })
})

describe('close', () => {
  it('lets running and waiting requests end, then refuses new ones', async () => {
    const server = await startServer()
    server.faults.add({ match: {}, action: { type: 'delay', ms: 20 } })
    const transport = transportTo(server, { maxConnections: 2 })
    const answers = Array.from({ length: 5 }, () => transport.request(get))
    const closed = transport.close()
    const refused = await wireErrorOf(transport.request({ ...get, method: 'POST' }))
    expect(refused).toMatchObject({ kind: 'closed', outcome: 'not-sent', retryable: false })
    await closed
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
    expect(server.requests.count()).toBe(5)
    await transport.close()
  })

  it('closes idle connections, also before anything was asked and through `await using`', async () => {
    const server = await startServer({ idleTimeoutMs: 60_000 })
    await transportTo(server).close()
    const transport = transportTo(server)
    await (await transport.request(get)).text()
    await transport[Symbol.asyncDispose]()
    expect(await wireErrorOf(transport.request(get))).toMatchObject({ kind: 'closed' })
  })

  it('waits for a body that is being read, and gives up one that is not', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: Buffer.alloc(5_000_000) }) })
    const transport = transportTo(server)
    const [read, unread] = await Promise.all([transport.request(get), transport.request(get)])
    const reading = read.bytes()
    await transport.close()
    expect((await reading).length).toBe(5_000_000)
    expect(await wireErrorOf(unread.bytes())).toMatchObject({ kind: 'closed', outcome: 'answered' })
  })

  it('is not needed for the process to end', async () => {
    const server = await startServer({ idleTimeoutMs: 60_000 })
    const source = new URL('../index.ts', import.meta.url).href
    const script = `
      import { createTransport } from ${JSON.stringify(source)}
      const transport = createTransport({ baseUrl: process.argv[1], fingerprint256: process.argv[2], idleTimeoutMs: 60000 })
      const answer = await transport.request({ method: 'GET', path: '/' })
      console.log(await answer.text(), globalThis[Symbol.for('undici.globalDispatcher.1')] === undefined)
    `
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', tsx, '--input-type=module', '-e', script, server.url, server.fingerprint256],
      { cwd: fileURLToPath(new URL('../../', import.meta.url)), timeout: 150_000 },
    )
    // It also leaves the dispatcher of the process's own fetch alone.
    expect(stdout.trim()).toBe('fine true')
  })
})

describe('events', () => {
  function record(): { name: string; event: Record<string, unknown> }[] {
    const events: { name: string; event: Record<string, unknown> }[] = []
    for (const name of ['dcm.wire.request', 'dcm.wire.retry', 'dcm.wire.connect']) {
      const listen = (message: unknown): void => {
        events.push({ name, event: message as Record<string, unknown> }) // every event here is a plain object
      }
      subscribe(name, listen)
      atEnd(() => unsubscribe(name, listen))
    }
    return events
  }

  it('tell of calls, retries and connections, without query, headers or bodies', async () => {
    const server = await startServer({ handler: () => ({ status: 201, body: 'secret-answer' }) })
    server.faults.add({ match: { times: 1 }, action: { type: 'drop-before' } })
    const events = record()
    const transport = transportTo(server)
    const headers = { authorization: 'secret-token' }
    await transport.request({ method: 'GET', path: '/a/b?password=secret-query', headers })
    const host = `127.0.0.1:${server.port}`
    const named = { host, method: 'GET', path: '/a/b' }
    const ms = expect.any(Number)
    expect(events).toEqual([
      { name: 'dcm.wire.request', event: { phase: 'start', ...named, attempt: 0 } },
      { name: 'dcm.wire.connect', event: { host, ms } },
      { name: 'dcm.wire.retry', event: { ...named, attempt: 1, kind: 'reset', delayMs: ms } },
      { name: 'dcm.wire.connect', event: { host, ms } },
      { name: 'dcm.wire.request', event: { phase: 'end', ...named, attempt: 2, status: 201, ms } },
    ])
    expect(JSON.stringify(events)).not.toContain('secret')
  })

  it('tell of failures', async () => {
    const server = await startServer()
    const events = record()
    await wireErrorOf(openTransport({ baseUrl: server.url }).request({ method: 'POST', path: '/x?y=1' }))
    expect(
      events.map(({ name, event }) => ({ name, phase: event.phase, kind: event.kind, outcome: event.outcome })),
    ).toEqual([
      { name: 'dcm.wire.request', phase: 'start', kind: undefined, outcome: undefined },
      { name: 'dcm.wire.connect', phase: undefined, kind: 'tls-untrusted', outcome: undefined },
      { name: 'dcm.wire.request', phase: 'error', kind: 'tls-untrusted', outcome: 'not-sent' },
    ])
  })
})
