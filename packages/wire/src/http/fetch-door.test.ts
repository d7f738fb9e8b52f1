import fc from 'fast-check'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import createClient, { type Client, type Middleware } from 'openapi-fetch'
import { describe, expect, it } from 'vitest'
import type { LoopbackRequest } from '../loopback/index.js'
import { pathOf } from './fetch-door.js'
import { atEnd, startServer, transportTo, wireErrorOf } from './testing/cleanup.js'

interface Machine {
  vmid: number
  name: string
}

/** The part of a platform's paths that these tests use. */
interface Paths {
  '/nodes/{node}/qemu': {
    get: {
      parameters: { path: { node: string }; query?: { full?: number } }
      responses: {
        200: { content: { 'application/json': { data: Machine[] } } }
        500: { content: { 'application/json': { message: string } } }
      }
    }
    post: {
      parameters: { path: { node: string } }
      requestBody: { content: { 'application/x-www-form-urlencoded': { vmid: number; name: string } } }
      responses: {
        200: { content: { 'application/json': { data: string } } }
        400: { content: { 'application/json': { errors: Record<string, string> } } }
      }
    }
  }
}

/** The client code under test: the same, whatever fetch it stands on. */
async function story(client: Client<Paths>): Promise<unknown[]> {
  const path = { node: 'pve 1/a' }
  const list = await client.GET('/nodes/{node}/qemu', { params: { path, query: { full: 1 } } })
  const created = await client.POST('/nodes/{node}/qemu', {
    params: { path },
    body: { vmid: 100, name: 'a&b=c' },
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
  const refused = await client.POST('/nodes/{node}/qemu', { params: { path }, body: { vmid: 1, name: '' } })
  return [
    list.data?.data,
    list.response.status,
    list.response.ok,
    list.response.headers.get('X-Server'),
    created.data?.data,
    refused.error,
    refused.response.status,
    refused.response.statusText,
  ]
}

const EXPECTED = [
  [{ vmid: 100, name: 'a' }],
  200,
  true,
  'loopback',
  'UPID:vmid=100&name=a%26b%3Dc:secret',
  { errors: { vmid: 'too small' } },
  400,
  'Parameter verification failed.',
]

function answer(method: string, url: URL, authorization: string | null, contentType: string, body: string): Response {
  const headers = { 'X-Server': 'loopback' }
  if (url.pathname !== '/api2/json/nodes/pve%201%2Fa/qemu') return new Response(null, { status: 404 })
  if (method === 'GET' && url.search === '?full=1') {
    return HttpResponse.json({ data: [{ vmid: 100, name: 'a' }] }, { headers })
  }
  if (contentType !== 'application/x-www-form-urlencoded') {
    const statusText = 'Parameter verification failed.'
    return HttpResponse.json({ errors: { vmid: 'too small' } }, { status: 400, statusText })
  }
  return HttpResponse.json({ data: `UPID:${body}:${authorization}` })
}

async function handler(request: LoopbackRequest) {
  const { authorization = null } = request.headers
  const url = new URL(`https://pve${request.path}`)
  const reply = answer(
    request.method,
    url,
    authorization,
    request.headers['content-type'] ?? '',
    request.body.toString(),
  )
  return {
    status: reply.status,
    reason: reply.statusText,
    headers: [...reply.headers].filter(([name]) => name !== 'content-length'),
    body: await reply.text(),
  }
}

describe('openapi-fetch', () => {
  it('runs on the door of a transport', async () => {
    const server = await startServer({ handler })
    const transport = transportTo(server)
    const client = createClient<Paths>({
      baseUrl: `${server.url}/api2/json`,
      headers: { Authorization: 'secret' },
      fetch: transport.fetch,
      Request: transport.Request,
    })
    expect(await story(client)).toEqual(EXPECTED)
    expect(transport.stats.connections).toBe(1)
  })

  it('runs the same on global fetch with msw', async () => {
    const url = 'https://pve.example:8006/api2/json/*'
    const msw = setupServer(
      http.all(url, async ({ request }) => {
        const { method, headers } = request
        const body = await request.text()
        const contentType = headers.get('content-type') ?? ''
        return answer(method, new URL(request.url), headers.get('authorization'), contentType, body)
      }),
    )
    msw.listen({ onUnhandledRequest: 'error' })
    atEnd(() => msw.close())
    const client = createClient<Paths>({
      baseUrl: 'https://pve.example:8006/api2/json',
      headers: { Authorization: 'secret' },
      fetch: (request) => globalThis.fetch(request),
    })
    expect(await story(client)).toEqual(EXPECTED)
  })

  it('runs its middlewares on the stand-ins', async () => {
    const server = await startServer({
      handler: (request) => ({ status: 500, reason: 'broken', body: `${request.headers['x-added']} ${request.path}` }),
    })
    const transport = transportTo(server)
    const client = createClient<Paths>({ baseUrl: server.url, fetch: transport.fetch, Request: transport.Request })
    const seen: unknown[] = []
    const middleware: Middleware = {
      onRequest({ request }) {
        request.headers.set('X-Added', 'yes')
        return new transport.Request(`${request.url}?more=1`, request)
      },
      async onResponse({ response }) {
        seen.push(response.url, await response.clone().text(), response.statusText)
      },
    }
    client.use(middleware)
    const result = await client.GET('/nodes/{node}/qemu', { params: { path: { node: 'a' } } })
    expect(seen).toEqual([`${server.url}/nodes/a/qemu?more=1`, 'yes /nodes/a/qemu?more=1', 'broken'])
    expect(result.error).toBe('yes /nodes/a/qemu?more=1')
  })

  it('reads bodies in every form it knows', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: 'text' }) })
    const transport = transportTo(server)
    const client = createClient<Paths>({ baseUrl: server.url, fetch: transport.fetch, Request: transport.Request })
    const params = { path: { node: 'a' } }
    const read = async (parseAs: 'text' | 'arrayBuffer' | 'blob' | 'stream'): Promise<string> => {
      const { data } = await client.GET('/nodes/{node}/qemu', { params, parseAs })
      return await new Response(data as ConstructorParameters<typeof Response>[0]).text() // each of the four is one
    }
    for (const parseAs of ['text', 'arrayBuffer', 'blob', 'stream'] as const) expect(await read(parseAs)).toBe('text')
  })

  it('passes signals and the options of the transport on', async () => {
    const server = await startServer()
    server.faults.add({ match: {}, action: { type: 'drop-after' } })
    const transport = transportTo(server)
    const client = createClient<Paths>({ baseUrl: server.url, fetch: transport.fetch, Request: transport.Request })
    const params = { path: { node: 'a' } }
    const aborted = client.GET('/nodes/{node}/qemu', { params, signal: AbortSignal.abort() })
    expect(await wireErrorOf(aborted)).toMatchObject({ kind: 'aborted' })
    const extended = { params, idempotent: false, timeoutMs: 50_000 }
    expect(await wireErrorOf(client.GET('/nodes/{node}/qemu', extended))).toMatchObject({ kind: 'reset' })
    expect(transport.stats.retries).toBe(0)
  })
})

describe('the door', () => {
  it('takes requests of the global class too', async () => {
    const server = await startServer({
      handler: (request) => ({
        status: 200,
        body: `${request.method} ${request.path} ${request.headers['x-a']} ${request.body}`,
      }),
    })
    const transport = transportTo(server)
    const body = 'ä'
    const sent = new Request(`${server.url}/x?y=1#part`, { method: 'PUT', headers: { 'X-A': 'b' }, body })
    expect(await (await transport.fetch(sent)).text()).toBe('PUT /x?y=1 b ä')
    expect(await (await transport.fetch(new Request(server.url))).text()).toBe('GET / undefined ')
  })

  it('sends credentials to its own server alone', async () => {
    const server = await startServer()
    const transport = transportTo(server)
    for (const url of [
      'https://other.example/',
      `${server.url}.other.example/`,
      `${server.url}0/x`,
      'nonsense',
      '/path',
    ]) {
      await expect(transport.fetch(new transport.Request(url))).rejects.toThrow(/reaches https:\/\/127.0.0.1:\d+ alone/)
    }
    expect(server.requests.count()).toBe(0)
  })

  it('gives answers that can be cloned before they are read, and read once', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: '{"a":1}' }) })
    const { fetch, Request } = transportTo(server)
    const answer = await fetch(new Request(`${server.url}/`))
    const copies = [answer.clone(), answer.clone(), answer.clone(), answer.clone()]
    expect(await copies[0]?.json()).toEqual({ a: 1 })
    expect(await copies[1]?.text()).toBe('{"a":1}')
    expect(await copies[2]?.blob().then((blob) => blob.text())).toBe('{"a":1}')
    expect(await new Response(copies[3]?.body ?? null).text()).toBe('{"a":1}')
    expect(answer.bodyUsed).toBe(false)
    expect(await answer.json()).toEqual({ a: 1 })
    expect(answer.bodyUsed).toBe(true)
    await expect(answer.text()).rejects.toThrow(/already read/)
    expect(() => answer.clone()).toThrow(/already read/)
  })

  it('ends the connection when a stream is cancelled', async () => {
    const server = await startServer({ handler: () => ({ status: 200, body: Buffer.alloc(5_000_000) }) })
    const transport = transportTo(server, { maxConnections: 1 })
    const answer = await transport.fetch(new transport.Request(`${server.url}/`))
    const reader = answer.body?.getReader()
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
    await reader?.cancel()
    expect((await transport.fetch(new transport.Request(`${server.url}/`))).status).toBe(200)
    expect(transport.stats.connections).toBe(2)
  })

  it('finds path and query of any URL of its origin, as the URL parser would', () => {
    const origin = 'https://host.example:8006'
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), fc.boolean(), (path, query, fragment) => {
        const url = `${origin}${path}?${query}${fragment ? '#part' : ''}`
        const parsed = new URL(url)
        const found = pathOf(url, origin)
        expect(new URL(`${origin}${found}`).pathname).toBe(parsed.pathname)
        expect(new URL(`${origin}${found}`).search).toBe(parsed.search)
        expect(found).not.toContain('#')
      }),
    )
    expect(pathOf('https://host.example:8006', origin)).toBe('/')
    expect(pathOf('https://HOST.example:8006/a b?ü', origin)).toBe('/a%20b?%C3%BC')
    expect(pathOf('https://host.example/x', 'https://host.example')).toBe('/x')
    expect(pathOf('https://host.example:443/x', 'https://host.example')).toBe('/x')
  })
})
