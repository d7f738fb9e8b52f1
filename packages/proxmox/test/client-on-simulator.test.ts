import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProxmoxClient, type ProxmoxClient, ProxmoxError } from '../src/client/index.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from '../src/simulator/index.js'

let simulator: ProxmoxSimulator
let client: ProxmoxClient

beforeAll(async () => {
  simulator = await startProxmoxSimulator({ speed: 50, timing: { agentBootMs: 1, agentPatienceMs: 1 } })
  client = clientWith({ tokenId: simulator.credentials.tokenId, secret: simulator.credentials.tokenSecret })
})

afterAll(async () => {
  await client?.close()
  await simulator?.close()
})

function clientWith(auth: Parameters<typeof createProxmoxClient>[0]['auth']): ProxmoxClient {
  const taskPolling = { minMs: 10, maxMs: 30 }
  return createProxmoxClient({ url: simulator.url, ca: simulator.ca, auth, taskPolling })
}

const source = { node: 'pve1', vmid: 9000 }

describe('the client on the simulator', () => {
  it('follows a clone by its log to its end', async () => {
    simulator.faults.taskDelay(1)
    const clone = await client.task('POST /nodes/{node}/qemu/{vmid}/clone', { ...source, newid: 100, full: true })
    const seen: number[] = []
    await clone.wait({
      onProgress({ fraction }) {
        // However slow the looks are, some fall into the copying.
        if (seen.push(fraction ?? 0) === 3) simulator.faults.taskDelay(0.02)
      },
    })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const config = await client.request('GET /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100 })
    expect(config).toMatchObject({ name: 'Copy-of-VM-debian-13-cloud', cores: 2, agent: '1' })
  })

  it('tells the failures of a task by their class', async () => {
    simulator.faults.setLock(100, 'backup')
    const start = await client.task('POST /nodes/{node}/qemu/{vmid}/status/start', { node: 'pve1', vmid: 100 })
    const error = await start.wait().catch((thrown: unknown) => thrown)
    simulator.faults.setLock(100, null)
    expect(ProxmoxError.isInstance(error) ? [error.kind, error.outcome] : error).toEqual(['locked', 'failed'])
  })

  it('runs commands through the agent with their arguments apart', async () => {
    const place = { node: 'pve1', vmid: 100 }
    await (await client.task('POST /nodes/{node}/qemu/{vmid}/status/start', place)).wait()
    simulator.faults.agentUp(100)
    const command = ['/bin/echo', 'a b', 'c&d=e;f']
    const { pid } = await client.request('POST /nodes/{node}/qemu/{vmid}/agent/exec', { ...place, command })
    const status = await client.request('GET /nodes/{node}/qemu/{vmid}/agent/exec-status', { ...place, pid })
    expect(status).toMatchObject({ exited: true, exitcode: 0, 'out-data': 'a b c&d=e;f\n' })
  })

  it('sends files that arrive as they are', async () => {
    const data = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
    const value = createHash('sha256').update(data).digest('hex')
    const upload = { node: 'pve1', storage: 'local', content: 'iso', filename: 'sent.iso', data } as const
    const task = await client.upload({ ...upload, checksum: { algorithm: 'sha256', value } })
    expect((await task.wait()).exitStatus).toBe('OK')
    const sent = simulator.volumes().find((volume) => volume.volid === 'local:iso/sent.iso')
    expect(sent?.sizeBytes).toBe(data.length)
    const broken = await client.upload({ ...upload, checksum: { algorithm: 'sha256', value: '00' } })
    await expect(broken.wait()).rejects.toThrow(/checksum mismatch/)
  })

  it('keeps to one connection in hundred unprotected reads, and survives retiring workers', async () => {
    await client.request('GET /version')
    const before = simulator.requests.connections()
    for (let index = 0; index < 150; index += 1) {
      if (index === 30) simulator.faults.apply({ type: 'retire-connections', answers: 3 })
      await client.request('GET /version')
    }
    expect(simulator.requests.connections() - before).toBeLessThanOrEqual(2 + 3)
  })

  it('logs in again once when its ticket died, whoever asks', async () => {
    const { user, password } = simulator.credentials
    const own = clientWith({ username: user, password })
    await own.request('GET /version')
    simulator.faults.expireTickets()
    simulator.requests.clear()
    const answers = await Promise.all(Array.from({ length: 10 }, () => own.request('GET /version')))
    expect(answers).toHaveLength(10)
    expect(simulator.requests.count({ method: 'POST', path: '/api2/json/access/ticket' })).toBe(1)
    await own.request('POST /pools', { poolid: 'by-ticket' })
    await own.close()
  })

  it('decides on what happened when the answer to a write was lost', async () => {
    const lost = simulator.faults.add({ match: { method: 'POST', path: /\/pools$/ }, action: { type: 'drop-after' } })
    const error = await client.request('POST /pools', { poolid: 'lost' }).catch((thrown: unknown) => thrown)
    lost.remove()
    expect(ProxmoxError.isInstance(error) ? error.outcome : error).toBe('unknown')
    expect(lost.hits()).toBe(1)
    expect(await client.request('GET /pools/{poolid}', { poolid: 'lost' })).toMatchObject({ poolid: 'lost' })
  })
})
