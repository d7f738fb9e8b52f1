import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTransport, type TransportOptions } from '@dcm/wire'
import createClient from 'openapi-fetch'
import { Agent, request } from 'undici'
import type { Measured } from './child.js'
import { compare } from './compare.js'

/** What the candidates need of the server, which runs in a process of its own. */
interface Input {
  readonly url: string
  readonly ca: string
  readonly fingerprint256: string
}

const gets = 1000
const path = '/api2/json/nodes'
const headers = { authorization: 'PVEAPIToken=user@pve!bench=00000000-0000-0000-0000-000000000000' }

/** 1,000 small reads one after the other, against bare undici.request. */
export async function wireBenchmarks(): Promise<void> {
  const server = fork(fileURLToPath(new URL('wire-server.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  try {
    const [input] = await once(server, 'message')
    await compare({
      name: `HTTPS transport: ${gets} sequential reads of 1 kB`,
      candidates: [
        { label: 'undici.request + JSON.parse', module: 'wire', export: 'bareGets' },
        { label: 'transport.request, trusting an authority', module: 'wire', export: 'transportGets' },
        { label: 'transport.request, pinned', module: 'wire', export: 'pinnedGets' },
        { label: "openapi-fetch on the transport's door", module: 'wire', export: 'doorGets' },
        { label: 'openapi-fetch on undici.fetch', module: 'wire', export: 'fetchGets' },
      ],
      input,
    })
  } finally {
    server.disconnect()
  }
}

async function repeat(get: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < gets; index += 1) await get()
}

export async function bareGets({ url, ca }: Input): Promise<Measured> {
  const dispatcher = new Agent({ connect: { ca }, keepAliveTimeout: 4000 })
  const get = async (): Promise<unknown> => {
    const { body } = await request(`${url}${path}`, { dispatcher, headers })
    return JSON.parse(await body.text())
  }
  return { run: () => repeat(get), close: () => dispatcher.close() }
}

function measuredTransport(options: TransportOptions): Measured {
  const transport = createTransport(options)
  const get = async (): Promise<unknown> => (await transport.request({ method: 'GET', path, headers })).json()
  const facts = async () => ({ connections: transport.stats.connections })
  return { run: () => repeat(get), facts, close: () => transport.close() }
}

export async function transportGets({ url, ca }: Input): Promise<Measured> {
  return measuredTransport({ baseUrl: url, ca })
}

export async function pinnedGets({ url, fingerprint256 }: Input): Promise<Measured> {
  return measuredTransport({ baseUrl: url, fingerprint256 })
}

/** Enough of a platform's paths to type one read. */
interface Paths {
  '/nodes': { get: { responses: { 200: { content: { 'application/json': unknown } } } } }
}

export async function doorGets({ url, ca }: Input): Promise<Measured> {
  const transport = createTransport({ baseUrl: url, ca })
  const { fetch, Request } = transport
  const client = createClient<Paths>({ baseUrl: `${url}/api2/json`, headers, fetch, Request })
  const facts = async () => ({ connections: transport.stats.connections })
  return { run: () => repeat(() => client.GET('/nodes')), facts, close: () => transport.close() }
}

export async function fetchGets({ url, ca }: Input): Promise<Measured> {
  const { fetch, Request, Agent: FetchAgent } = await import('undici')
  const dispatcher = new FetchAgent({ connect: { ca }, keepAliveTimeout: 4000 })
  const client = createClient<Paths>({
    baseUrl: `${url}/api2/json`,
    headers,
    // undici's own classes, whose types differ from the global ones in names alone.
    fetch: ((input: unknown) => fetch(input as never, { dispatcher })) as unknown as typeof globalThis.fetch,
    Request: Request as unknown as typeof globalThis.Request,
  })
  return { run: () => repeat(() => client.GET('/nodes')), close: () => dispatcher.close() }
}
