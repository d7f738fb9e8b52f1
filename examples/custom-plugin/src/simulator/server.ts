import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAppliance, type PebbleAppliance, Refusal } from './appliance.js'
import { noFaults, type PebbleFaults, strikes } from './faults.js'

/** A Pebble on loopback. */
export interface PebbleSimulator {
  readonly url: string
  /** `operator` may do everything, `guest` may only log in. */
  readonly tokens: { readonly operator: string; readonly guest: string }
  /** What it holds, to be looked at and changed past the API. */
  readonly appliance: PebbleAppliance
  readonly faults: PebbleFaults
  /** How long its tasks take. */
  readonly timing: { taskMs: number }
  /** What it saw; set the numbers to zero to count anew. */
  readonly counts: { requests: number; writes: number; refusedTokens: number; concurrency: number; connections: number }
  close(): Promise<void>
}

const tokens = { operator: 'pebble-operator-token', guest: 'pebble-guest-token' }

export async function startPebbleSimulator(): Promise<PebbleSimulator> {
  const faults = noFaults()
  const timing = { taskMs: 40 }
  const appliance = createAppliance(faults, timing)
  const counts = { requests: 0, writes: 0, refusedTokens: 0, concurrency: 0, connections: 0 }
  let underWay = 0
  let sockets = 0

  const server = createServer(async (request, response) => {
    const isWrite = request.method !== 'GET'
    counts.requests += 1
    counts.writes += isWrite ? 1 : 0
    underWay += 1
    counts.concurrency = Math.max(counts.concurrency, underWay)
    response.once('close', () => {
      underWay -= 1
    })
    const body = await bodyOf(request)
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs))
    if (!isWrite && faults.reads === 'garbage') return void response.end('<html>not a Pebble</html>')
    if (!isWrite && faults.reads === 'stall') return void response.write('{')
    const how = isWrite && strikes(faults.write) ? faults.write?.how : undefined
    try {
      if (how === 'refuse') throw new Refusal(409, 'held', 'refused by a fault')
      const answered = answer(appliance, request, body, counts)
      // The work is under way, but nobody hears of it.
      if (how === 'lose-answer') request.socket.destroy()
      else send(response, 200, answered)
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason
      send(response, reason.status, { code: reason.code, text: reason.message })
    }
  })
  server.on('connection', (socket) => {
    sockets += 1
    counts.connections = Math.max(counts.connections, sockets)
    socket.once('close', () => {
      sockets -= 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    tokens,
    appliance,
    faults,
    timing,
    counts,
    async close() {
      appliance.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The routes. Throws a Refusal for everything that the appliance does not take. */
function answer(appliance: PebbleAppliance, request: IncomingMessage, body: string, counts: { refusedTokens: number }) {
  const user = Object.entries(tokens).find(([, token]) => request.headers.authorization === `Bearer ${token}`)?.[0]
  if (user === undefined) {
    counts.refusedTokens += 1
    throw new Refusal(401, 'bad-token', 'the token is not valid')
  }
  const [, kind, id = '', verb] = (request.url ?? '').split('/').map(decodeURIComponent)
  const route = `${request.method} ${[kind, id && ':id', verb].filter(Boolean).join('/')}`
  if (route === 'GET about') return { ...appliance.about(), user, rights: user === 'operator' ? ['read', 'write'] : [] }
  if (user !== 'operator') throw new Refusal(403, 'not-allowed', `'${user}' may not do this`)
  switch (route) {
    case 'GET inventory':
      return appliance.inventory()
    case 'GET vms':
      return appliance.list()
    case 'GET vms/:id':
      return appliance.get(id)
    case 'POST vms':
      return appliance.create(JSON.parse(body))
    case 'POST vms/:id/power':
      return appliance.power(id, JSON.parse(body).action)
    case 'DELETE vms/:id':
      return appliance.remove(id)
    case 'GET tasks/:id':
      return appliance.task(id)
    default:
      throw new Refusal(404, 'no-such-call', `there is no ${route}`)
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
