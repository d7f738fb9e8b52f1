import { afterEach, describe, expect, it } from 'vitest'
import { rawRequest } from '../../test/raw-client.js'
import { sessionWith, taskEnd } from '../../test/simulator-session.js'
import { type ProxmoxSimulator, type ProxmoxSimulatorOptions, startProxmoxSimulator } from './index.js'

let simulator: ProxmoxSimulator | undefined

async function start(options: ProxmoxSimulatorOptions = {}): Promise<ProxmoxSimulator> {
  simulator = await startProxmoxSimulator({ speed: 200, ...options })
  return simulator
}

afterEach(() => simulator?.close())

interface Row {
  readonly id: string
  readonly status?: string
  readonly name?: string
  readonly vmid?: number
}

async function rows(server: ProxmoxSimulator, type: string): Promise<Row[]> {
  return (await sessionWith(server).call('GET', '/cluster/resources', { type })).data as Row[] // rows of the API
}

describe('a node that is down', () => {
  it('cannot be called, while lists go on without its figures', async () => {
    const server = await start({ seed: { vms: [{ vmid: 200, name: 'there', node: 'pve2', running: true }] } })
    const session = sessionWith(server)
    server.faults.nodeOffline('pve2')
    const refused = await session.call('GET', '/nodes/pve2/qemu/200/config')
    expect([refused.status, refused.reason, refused.text]).toEqual([595, 'No route to host', ''])
    expect((await rows(server, 'vm')).find((row) => row.vmid === 200)).toEqual({
      id: 'qemu/200',
      type: 'qemu',
      vmid: 200,
      node: 'pve2',
      status: 'unknown',
    })
    expect((await rows(server, 'node')).map((row) => row.status)).toEqual(['online', 'offline', 'online'])
    server.faults.nodeOnline('pve2')
    expect((await session.call('GET', '/nodes/pve2/qemu/200/config')).status).toBe(200)
  })

  it('takes its workers along', async () => {
    const server = await start({
      seed: { vms: [{ vmid: 200, name: 'there', node: 'pve2' }] },
      timing: { taskFactor: 1000 },
    })
    const { data } = await sessionWith(server).call('POST', '/nodes/pve2/qemu/200/status/start')
    server.faults.nodeOffline('pve2')
    expect((await taskEnd(server, String(data))).exitstatus).toBe('unexpected status')
  })

  it('may also be up and not be reached by its neighbours', async () => {
    const server = await start()
    server.faults.apply({ type: 'node-unproxyable', node: 'pve3', enabled: true })
    expect((await sessionWith(server).call('GET', '/nodes/pve3/qemu')).status).toBe(596)
  })
})

describe('statistics', () => {
  it('lag behind: a new guest is only a place until the next broadcast', async () => {
    const server = await start({ timing: { statisticsIntervalMs: 3_600_000 } })
    const session = sessionWith(server)
    await session.task('POST', '/nodes/pve1/qemu', { vmid: '100', name: 'fresh', tags: 'web' })
    const row = async (): Promise<Row | undefined> => (await rows(server, 'vm')).find((known) => known.vmid === 100)
    // The place of a guest, its tags, pool and lock are known at once.
    expect(await row()).toEqual({
      id: 'qemu/100',
      type: 'qemu',
      vmid: 100,
      node: 'pve1',
      status: 'unknown',
      tags: 'web',
    })
    server.faults.apply({ type: 'broadcast-statistics' })
    expect(await row()).toMatchObject({ name: 'fresh', status: 'stopped', template: 0 })
    await session.task('POST', '/nodes/pve1/qemu/100/status/start')
    expect((await row())?.status).toBe('stopped')
  })
})

describe('a cluster without quorum', () => {
  it('reads but does not write', async () => {
    const server = await start()
    server.faults.loseQuorum()
    const session = sessionWith(server)
    expect((await session.call('POST', '/nodes/pve1/qemu', { vmid: '100' })).reason).toBe(
      'cluster not ready - no quorum?',
    )
    expect((await session.call('GET', '/cluster/status')).data).toContainEqual(expect.objectContaining({ quorate: 0 }))
  })
})

describe('a large cluster', () => {
  it('shows 10,000 guests in one answer', async () => {
    const server = await start({ seed: { vms: 10_000 } })
    const guests = (await rows(server, 'vm')).filter((row) => row.name?.startsWith('vm-') === true)
    expect(new Set(guests.map((row) => row.vmid)).size).toBe(10_000)
  })
})

describe('guests managed by HA', () => {
  it('start and stop by the manager, after the task that asked', async () => {
    const server = await start({ timing: { haRoundMs: 10 }, seed: { vms: [{ vmid: 200, name: 'managed' }] } })
    const session = sessionWith(server)
    await session.call('POST', '/cluster/ha/resources', { sid: 'vm:200', state: 'stopped' })
    const { upid, exitstatus } = await session.task('POST', '/nodes/pve1/qemu/200/status/start')
    expect([upid.split(':')[5], exitstatus]).toEqual(['hastart', 'OK'])
    while (server.vms().find((vm) => vm.vmid === 200)?.running !== true) {
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const refused = await session.call('DELETE', '/nodes/pve1/qemu/200')
    expect(refused.reason).toContain('used in HA resources and purge parameter not set')
  })
})

describe('releases', () => {
  it('7.4 has no JSON message, numbers for memory, no task for a resize and no later parameters', async () => {
    const server = await start({ release: '7.4', seed: { vms: [{ vmid: 200, name: 'old' }] } })
    const session = sessionWith(server)
    expect((await session.call('GET', '/version')).data).toMatchObject({ release: '7.4' })
    const failed = await session.call('GET', '/nodes/pve1/qemu/999/config')
    expect([failed.reason, JSON.parse(failed.text)]).toEqual([
      "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
      { data: null },
    ])
    expect((await session.call('GET', '/nodes/pve1/qemu/200/config')).data).toMatchObject({ memory: 2048 })
    const resized = await session.call('PUT', '/nodes/pve1/qemu/200/resize', { disk: 'scsi0', size: '+1G' })
    expect(resized.data).toBeNull()
    const late = await session.call('PUT', '/nodes/pve1/qemu/200/config', { ciupgrade: '1' })
    expect(JSON.parse(late.text)).toMatchObject({
      errors: { ciupgrade: expect.stringContaining('not defined in schema') },
    })
    expect((await session.call('GET', '/cluster/ha/rules')).status).toBe(501)
  })

  it('8.4 knows VM.Monitor and no network rows', async () => {
    const server = await start({ release: '8.4' })
    expect(await rows(server, 'sdn')).toEqual([])
    const { data } = await sessionWith(server).call('GET', '/access/permissions', { path: '/vms' })
    expect(data).toMatchObject({ '/vms': { 'VM.Monitor': 1 } })
  })
})

describe('TLS', () => {
  it('presents the certificate whose fingerprint the cluster tells of', async () => {
    const server = await start()
    const session = sessionWith(server)
    const nodes = (await session.call('GET', '/nodes')).data as { node: string; ssl_fingerprint: string }[] // rows of the API
    expect(nodes.find((row) => row.node === 'pve1')?.ssl_fingerprint).toBe(server.fingerprint256)
    expect(new Set(nodes.map((row) => row.ssl_fingerprint)).size).toBe(3)
    const join = (await session.call('GET', '/cluster/config/join')).data
    expect(join).toMatchObject({ nodelist: [{ name: 'pve1', pve_fp: server.fingerprint256 }, {}, {}] })
  })
})

describe('faults of the transport', () => {
  it('lose the answer of a call that was carried out', async () => {
    const server = await start()
    const placed = server.faults.add({ match: { method: 'POST', path: /\/clone$/ }, action: { type: 'drop-after' } })
    const lost = rawRequest(server, 'POST', '/api2/json/nodes/pve1/qemu/9000/clone', {
      headers: { authorization: `PVEAPIToken=${server.credentials.token}` },
      body: 'newid=100',
    })
    await expect(lost).rejects.toThrow()
    expect(placed.hits()).toBe(1)
    expect(server.tasks().map((task) => task.type)).toEqual(['qmclone'])
  })
})
