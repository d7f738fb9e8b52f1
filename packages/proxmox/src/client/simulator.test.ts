import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ProxmoxSimulator, startProxmoxSimulator } from '../simulator/index.js'
import {
  createProxmoxClient,
  encodeSshKeys,
  type ProxmoxAuth,
  type ProxmoxClient,
  type ProxmoxClientOptions,
  ProxmoxError,
  type TaskProgress,
} from './index.js'

let simulator: ProxmoxSimulator
const clients: ProxmoxClient[] = []
const template = { node: 'pve1', vmid: 9000 }

beforeAll(async () => {
  simulator = await startProxmoxSimulator({
    speed: 200,
    seed: {
      vms: 4,
      users: [
        { id: 'dev@pve', password: 'dev-password', tokens: [{ id: 'own', secret: 'own-secret' }] },
        { id: 'careful@pve', password: 'careful-password', recoveryCodes: ['aaaa-1111', 'bbbb-2222'] },
      ],
      acl: [
        { path: '/vms', role: 'PVEVMAdmin', subject: 'dev@pve' },
        { path: '/vms', role: 'PVEVMAdmin', subject: 'dev@pve!own' },
      ],
    },
  })
})
afterEach(async () => {
  simulator.faults.clear()
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(() => simulator.close())

function connect(more: Partial<ProxmoxClientOptions> = {}): ProxmoxClient {
  const { tokenId, tokenSecret: secret } = simulator.credentials
  const client = createProxmoxClient({
    url: simulator.url,
    ca: simulator.ca,
    auth: { tokenId, secret },
    taskPolling: { minMs: 5, maxMs: 20 },
    ...more,
  })
  clients.push(client)
  return client
}

function byPassword(): ProxmoxAuth {
  return { username: simulator.credentials.user, password: simulator.credentials.password }
}

async function failureOf(work: Promise<unknown>): Promise<ProxmoxError> {
  const outcome: unknown = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
  if (ProxmoxError.isInstance(outcome)) return outcome
  throw new Error(`not a ProxmoxError: ${inspect(outcome)}`)
}

function count(method: string, path: RegExp): number {
  return simulator.requests.entries().filter((entry) => entry.method === method && path.test(entry.path)).length
}

async function freeId(pve: ProxmoxClient): Promise<number> {
  return Number(await pve.request('GET /cluster/nextid'))
}

describe('connections', () => {
  it('are no more than a hundredth of 1,000 reads of operations that keep them open', async () => {
    const pve = connect()
    const before = simulator.requests.connections()
    for (let index = 0; index < 1000; index++) await pve.request('GET /version')
    expect(simulator.requests.connections() - before).toBe(10)
  })

  it('are one for each protected call, and no call is lost to that', async () => {
    const pve = connect()
    await pve.request('GET /nodes/{node}/qemu', { node: 'pve1' })
    const before = simulator.requests.connections()
    for (let index = 0; index < 10; index++) await pve.request('GET /nodes/{node}/qemu', { node: 'pve1' })
    expect(simulator.requests.connections() - before).toBeLessThanOrEqual(10)
  })

  it('are at most as many as calls at a time', async () => {
    const pve = connect({ maxConnections: 4 })
    const before = simulator.requests.connections()
    await Promise.all(Array.from({ length: 200 }, () => pve.request('GET /version')))
    expect(simulator.requests.connections() - before).toBeLessThanOrEqual(4)
  })
})

describe('signing in', () => {
  it('works by password, writes included', async () => {
    const pve = connect({ auth: byPassword() })
    await pve.request('POST /pools', { poolid: 'by-password' })
    expect((await pve.request('GET /pools')).map(({ poolid }) => poolid)).toContain('by-password')
  })

  it('happens anew when tickets were made invalid', async () => {
    const pve = connect({ auth: byPassword() })
    await pve.request('GET /version')
    simulator.faults.expireTickets()
    const before = count('POST', /ticket$/)
    await Promise.all([pve.request('POST /pools', { poolid: 'after-expiry' }), pve.request('GET /version')])
    expect(count('POST', /ticket$/) - before).toBe(1)
  })

  it('tries a wrong password once', async () => {
    const pve = connect({ auth: { username: 'root@pam', password: 'wrong-password' } })
    const before = simulator.requests.entries().length
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(pve.request('GET /version'))))
    expect(simulator.requests.entries().length - before).toBe(1)
    for (const failure of failures) {
      expect(failure.kind).toBe('unauthenticated')
      expect(inspect(failure)).not.toContain('wrong-password')
    }
  })

  it('takes a recovery code for a second factor, and says so when none is given', async () => {
    const username = 'careful@pve'
    const password = 'careful-password'
    const pve = connect({ auth: { username, password, otp: () => 'recovery:aaaa-1111' } })
    expect(await pve.request('GET /version')).toHaveProperty('release')
    const failure = await failureOf(connect({ auth: { username, password } }).request('GET /version'))
    expect(failure).toMatchObject({ kind: 'tfa-required', factors: ['recovery'] })
  })
})

describe('tasks', () => {
  it('clone with progress that grows to 1, looked at by the unprotected list', async () => {
    const pve = connect()
    const seen: TaskProgress[] = []
    const task = await pve.task('POST /nodes/{node}/qemu/{vmid}/clone', {
      ...template,
      newid: await freeId(pve),
      full: true,
      name: 'cloned',
    })
    expect(task.type).toBe('qmclone')
    expect(await task.wait({ onProgress: (progress) => seen.push(progress) })).toEqual({
      exitStatus: 'OK',
      warnings: 0,
    })
    const fractions = seen.map(({ fraction }) => fraction ?? 0)
    expect(fractions).toEqual([...fractions].sort((one, other) => one - other))
    expect(fractions.at(-1)).toBe(1)
    expect((await task.log()).at(-1)?.text).toBe('TASK OK')
    expect(await task.state()).toMatchObject({ state: 'finished', succeeded: true })
  })

  it('share looks, however many are awaited', async () => {
    const pve = connect()
    const ids = [10000, 10001, 10002, 10003]
    const rows = await pve.request('GET /cluster/resources', { type: 'vm' })
    const guests = rows.filter(({ vmid }) => ids.includes(Number(vmid)))
    const before = count('GET', /tasks\/.*status$/)
    const tasks = await Promise.all(
      guests.map(({ node = '', vmid = 0 }) =>
        pve.task('POST /nodes/{node}/qemu/{vmid}/snapshot', { node, vmid, snapname: 'shared-look' }),
      ),
    )
    const results = await Promise.all(tasks.map((task) => task.wait()))
    expect(results).toEqual(guests.map(() => ({ exitStatus: 'OK', warnings: 0 })))
    expect(count('GET', /tasks\/.*status$/)).toBe(before)
  })

  it('are followed by a token that has rights on guests alone', async () => {
    const pve = connect({ auth: { tokenId: 'dev@pve!own', secret: 'own-secret' } })
    const [guest] = (await pve.request('GET /cluster/resources', { type: 'vm' })).filter(({ vmid }) => vmid === 10001)
    const task = await pve.task('POST /nodes/{node}/qemu/{vmid}/snapshot', {
      node: guest?.node ?? '',
      vmid: 10001,
      snapname: 'by-token',
    })
    expect(await task.wait()).toEqual({ exitStatus: 'OK', warnings: 0 })
  })

  it('fail with the class of their text, when their worker dies, and when the node forgot them', async () => {
    const pve = connect()
    const clone = async () =>
      pve.task('POST /nodes/{node}/qemu/{vmid}/clone', { ...template, newid: await freeId(pve) })
    simulator.faults.failNextTask(
      'qmclone',
      "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-shared' - got timeout",
    )
    expect(await failureOf((await clone()).wait())).toMatchObject({
      kind: 'lock-timeout',
      retryable: true,
      outcome: 'failed',
    })
    simulator.faults.killWorker('qmclone')
    expect(await failureOf((await clone()).wait())).toMatchObject({ kind: 'task-failed', outcome: 'failed' })
    simulator.faults.vanishTask('qmclone')
    const newid = await freeId(pve)
    const vanished = await pve.task('POST /nodes/{node}/qemu/{vmid}/clone', { ...template, newid })
    expect(await failureOf(vanished.wait())).toMatchObject({ kind: 'task-lost', outcome: 'unknown' })
    // Its work goes on, and holds the id and the template's lock.
    const made = () => simulator.vms().some(({ vmid, name, lock }) => vmid === newid && name !== undefined && !lock)
    await vi.waitUntil(made, { timeout: 20_000, interval: 2 })
  })

  it('stop when told', async () => {
    const pve = connect()
    simulator.faults.taskDelay(1)
    try {
      const task = await pve.task('POST /nodes/{node}/qemu/{vmid}/clone', {
        ...template,
        newid: await freeId(pve),
        full: true,
      })
      await task.stop()
      expect((await failureOf(task.wait())).outcome).toBe('failed')
    } finally {
      simulator.faults.taskDelay(1 / 200)
    }
  })

  it('put uploads into their place', async () => {
    const pve = connect()
    const target = { node: 'pve1', storage: 'local', content: 'iso' } as const
    const task = await pve.upload({ ...target, filename: 'tiny.iso', data: new TextEncoder().encode('hello') })
    expect(await task.wait()).toEqual({ exitStatus: 'OK', warnings: 0 })
    const content = await pve.request('GET /nodes/{node}/storage/{storage}/content', { node: 'pve1', storage: 'local' })
    expect(content.map(({ volid }) => volid)).toContain('local:iso/tiny.iso')
    const wrong = pve.upload({ ...target, filename: 'tiny.txt', data: new Uint8Array(1) })
    expect(await failureOf(wrong)).toMatchObject({ kind: 'validation', errors: { filename: 'wrong file extension' } })
  })
})

describe('errors', () => {
  it('are told apart by the texts of the platform', async () => {
    const pve = connect()
    const missing = { node: 'pve1', vmid: 777 }
    expect((await failureOf(pve.request('GET /nodes/{node}/qemu/{vmid}/config', missing))).kind).toBe('not-found')
    expect((await failureOf(pve.request('GET /nodes/{node}/qemu', { node: 'nosuch' }))).kind).toBe('not-found')
    expect((await failureOf(pve.request('GET /cluster/nextid', { vmid: 9000 }))).kind).toBe('already-exists')
    expect((await failureOf(pve.request('GET /cluster/nope' as 'GET /version'))).kind).toBe('unsupported')
    const stale = { ...template, cores: 1, digest: '0'.repeat(40) }
    expect((await failureOf(pve.request('PUT /nodes/{node}/qemu/{vmid}/config', stale))).kind).toBe('digest-mismatch')
    simulator.faults.setLock(9000, 'backup')
    const locked = await failureOf(pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { ...template, cores: 1 }))
    simulator.faults.setLock(9000, null)
    expect(locked).toMatchObject({ kind: 'locked', retryable: true })
  })

  it('name path and privilege of what is not allowed', async () => {
    const pve = connect({ auth: { tokenId: 'dev@pve!own', secret: 'own-secret' } })
    expect(await failureOf(pve.request('POST /pools', { poolid: 'zz' }))).toMatchObject({
      kind: 'permission-denied',
      path: '/pool/zz',
      privileges: ['Pool.Allocate'],
      outcome: 'not-started',
    })
  })

  it('name the node behind ours that is down', async () => {
    simulator.faults.nodeOffline('pve3')
    const failure = await failureOf(connect().request('POST /nodes/{node}/qemu', { node: 'pve3', vmid: 888 }))
    simulator.faults.nodeOnline('pve3')
    expect(failure).toMatchObject({ kind: 'node-unreachable', status: 595, node: 'pve3', outcome: 'not-started' })
  })

  it.each(['shared', 'local-lvm'])('tell that %s is full, in the words of its own kind', async (storage) => {
    const pve = connect()
    const guest = { node: 'pve1', vmid: await freeId(pve) }
    const create = await pve.task('POST /nodes/{node}/qemu', { ...guest, scsi0: `${storage}:1` })
    await create.wait()
    simulator.faults.exhaustStorage(storage)
    try {
      const grow = await pve.task('PUT /nodes/{node}/qemu/{vmid}/resize', { ...guest, disk: 'scsi0', size: '2G' })
      const another = { node: 'pve1', vmid: await freeId(pve) }
      const second = await pve.task('POST /nodes/{node}/qemu', { ...another, scsi0: `${storage}:1` })
      for (const task of [grow, second]) {
        expect(await failureOf(task.wait())).toMatchObject({ kind: 'resource-exhausted', outcome: 'failed' })
      }
    } finally {
      simulator.faults.exhaustStorage(storage, false)
    }
  })

  it('come from the reason phrase where releases send no message', async () => {
    const old = await startProxmoxSimulator({ speed: 200, release: '7.4' })
    const { tokenId, tokenSecret: secret } = old.credentials
    const pve = createProxmoxClient({ url: old.url, ca: old.ca, auth: { tokenId, secret } })
    try {
      const failure = await failureOf(pve.request('GET /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 777 }))
      expect(failure).toMatchObject({ kind: 'not-found' })
      expect(failure.message).toContain('777.conf')
      expect((await pve.version()).release).toMatch(/^7/)
      const before = old.requests.entries().length
      expect((await failureOf(pve.request('GET /cluster/ha/rules'))).kind).toBe('unsupported')
      expect(old.requests.entries()).toHaveLength(before)
    } finally {
      await pve.close()
      await old.close()
    }
  })
})

describe('encoding', () => {
  it('survives the parser of the platform', async () => {
    const pve = connect()
    const description = 'a=b&c;d %41 + ünï\n# 日本'
    const sshkeys = encodeSshKeys(['ssh-ed25519 AAAA+b/c== me@x', 'ssh-rsa BBBB you@y'])
    await pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { ...template, description, tags: 'b;a', sshkeys })
    const config = await pve.request('GET /nodes/{node}/qemu/{vmid}/config', template)
    expect(config).toMatchObject({ description, tags: 'a;b', sshkeys, template: true })
  })
})
