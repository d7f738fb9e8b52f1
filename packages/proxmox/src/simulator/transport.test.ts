import { Agent, request } from 'node:https'
import { connect } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawRequest } from '../../test/raw-client.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'

let simulator: ProxmoxSimulator
let headers: Record<string, string>

beforeAll(async () => {
  simulator = await startProxmoxSimulator({ speed: 200, maxRequestsPerConnection: 5 })
  headers = { authorization: `PVEAPIToken=${simulator.credentials.token}` }
})

afterAll(() => simulator?.close())

/** The values of a header in the order and number they came. */
function all(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
}

describe('connections', () => {
  it('are kept for reads that the daemon answers itself', async () => {
    const { rawHeaders } = await rawRequest(simulator, 'GET', '/api2/json/version', { headers })
    expect(all(rawHeaders, 'connection')).toEqual(['Keep-Alive'])
  })

  it.each([
    ['GET', '/api2/json/cluster/status'],
    ['POST', '/api2/json/nodes/pve1/qemu/9000/status/start'],
  ])('end after %s %s, though the answer then says the opposite', async (method, path) => {
    const { rawHeaders } = await rawRequest(simulator, method, path, { headers })
    expect(all(rawHeaders, 'connection')).toEqual(['close', 'Keep-Alive'])
  })

  it('end after an error', async () => {
    const { status, rawHeaders } = await rawRequest(simulator, 'GET', '/api2/json/nodes/pve1/qemu/1/config', {
      headers,
    })
    expect(status).toBe(400)
    expect(all(rawHeaders, 'connection')).toEqual(['close'])
  })

  it('carry no more requests than the limit', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const before = simulator.requests.connections()
    for (let index = 0; index < 11; index += 1) {
      await rawRequest(simulator, 'GET', '/api2/json/version', { headers, agent })
    }
    expect(simulator.requests.connections() - before).toBe(3)
    agent.destroy()
  })

  it('are closed when they lie idle', async () => {
    await using impatient = await startProxmoxSimulator({ idleTimeoutMs: 20 })
    const socket = connect({ host: '127.0.0.1', port: impatient.port, ca: impatient.ca })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    const authorization = `PVEAPIToken=${impatient.credentials.token}`
    socket.write(`GET /api2/json/version HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`)
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
  })

  it('end early when a worker retires', async () => {
    simulator.faults.apply({ type: 'retire-connections', answers: 1 })
    const retired = await rawRequest(simulator, 'GET', '/api2/json/version', { headers })
    const next = await rawRequest(simulator, 'GET', '/api2/json/version', { headers })
    expect([retired, next].map((reply) => all(reply.rawHeaders, 'connection'))).toEqual([['close'], ['Keep-Alive']])
  })
})

describe('requests', () => {
  it.each(['HEAD', 'OPTIONS', 'PATCH'])('%s is not available', async (method) => {
    const reply = await rawRequest(simulator, method, '/api2/json/version', { headers })
    expect([reply.status, reply.reason, reply.text]).toEqual([501, `method '${method}' not available`, ''])
  })

  it('with a chunked body are refused', async () => {
    const status = await new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: simulator.port,
          ca: simulator.ca,
          agent: false,
          method: 'POST',
          path: '/api2/json/pools',
          headers,
        },
        (response) => {
          response.resume()
          resolve([response.statusCode, response.statusMessage])
        },
      )
      outgoing.on('error', reject)
      outgoing.write('poolid=')
      outgoing.end('x')
    })
    expect(status).toEqual([501, 'chunked transfer encoding not supported'])
  })

  it('that contradict their path are refused', async () => {
    const reply = await rawRequest(simulator, 'PUT', '/api2/json/nodes/pve1/qemu/9000/config', {
      headers,
      body: 'vmid=9001&cores=1',
    })
    expect(reply.text).toContain('duplicate parameter (already defined in URI) with conflicting values!')
  })
})

describe('answers', () => {
  it('are zipped when asked for and large', async () => {
    const chunks: Buffer[] = []
    const encoding = await new Promise<string | undefined>((resolve, reject) => {
      request(
        {
          host: '127.0.0.1',
          port: simulator.port,
          ca: simulator.ca,
          agent: false,
          path: '/api2/json/cluster/resources',
          headers: { ...headers, 'accept-encoding': 'gzip' },
        },
        (response) => {
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve(response.headers['content-encoding']))
        },
      )
        .on('error', reject)
        .end()
    })
    expect(encoding).toBe('gzip')
    expect(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString('utf8'))).toHaveProperty('data')
  })

  it('of the other formatter are always 200', async () => {
    const good = await rawRequest(simulator, 'GET', '/api2/extjs/version', { headers })
    const bad = await rawRequest(simulator, 'GET', '/api2/extjs/nodes/pve1/qemu/100/config', { headers })
    expect([good.status, JSON.parse(good.text)]).toMatchObject([200, { success: 1, data: { release: '9.2' } }])
    expect([bad.status, JSON.parse(bad.text)]).toMatchObject([200, { success: 0, status: 500, data: null }])
  })

  it('say so when the simulator does not play an operation', async () => {
    const reply = await rawRequest(simulator, 'GET', '/api2/json/nodes/pve1/hardware/pci', { headers })
    expect(reply.status).toBe(501)
    expect(reply.reason).toContain('not modelled by the simulator: GET /nodes/{node}/hardware/pci')
  })

  it('never mistake names of object members for operations', async () => {
    const reply = await rawRequest(simulator, 'GET', '/api2/json/__proto__/toString', { headers })
    expect(reply.reason).toBe("Method 'GET /__proto__/toString' not implemented")
  })
})
