import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { failureOf, open, start, token } from '../../test/client-on-platform.js'
import { data, failure, rejection } from '../../test/loopback-platform.js'
import { createProxmoxClient, ProxmoxError } from './index.js'

const upid = 'UPID:pve1:00000001:00000001:6B03FC5D:imgcopy::root@pam!ci:'

describe('requests', () => {
  it('send reads in the query and writes in a form, with their length', async () => {
    const { platform, pve } = await start((call) => data(call.method === 'GET' ? [] : null))
    await pve.request('GET /nodes/{node}/tasks', { node: 'pve1', source: 'all', errors: true })
    await pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, onboot: true, tags: 'a;b' })
    await pve.request('DELETE /pools/{poolid}', { poolid: 'a/b' })
    await pve.request('PUT /nodes/{node}/qemu/{vmid}/cloudinit', { node: 'pve1', vmid: 100 })
    const [read, write, remove, empty] = platform.calls
    expect(read).toMatchObject({ method: 'GET', path: '/nodes/pve1/tasks' })
    expect([...(read?.query ?? [])]).toEqual([
      ['source', 'all'],
      ['errors', '1'],
    ])
    expect(write?.body.toString()).toBe('onboot=1&tags=a%3Bb')
    expect(write?.headers['content-length']).toBe('19')
    expect(remove).toMatchObject({ method: 'DELETE', path: '/pools/a%2Fb' })
    expect(remove?.body.length).toBe(0)
    expect(empty?.headers['content-length']).toBe('0')
    expect(
      platform.calls.every((call) => call.headers.authorization === 'PVEAPIToken=root@pam!ci=aaaa-bbbb-secret'),
    ).toBe(true)
  })

  it('refuse bad parameters before anything is sent', async () => {
    const { platform, pve } = await start(() => data(null))
    const work = [
      pve.request('GET /nodes/{node}/qemu', { node: 'pve1.example.com' }),
      pve.request('GET /nodes/{node}/qemu', {} as never),
      pve.request('nonsense' as 'GET /version'),
      pve.request('DELETE /pools/{poolid}', { poolid: '..' }),
      pve.request('POST /pools', { poolid: 'a', comment: { no: 1 } as never }),
      pve.request('POST /nodes/{node}/storage/{storage}/upload', {
        node: 'a',
        storage: 'b',
        content: 'iso',
        filename: 'x',
      }),
    ]
    const failures = await Promise.all(work.map(failureOf))
    expect(failures.filter(({ kind }) => kind === 'validation')).toHaveLength(6)
    expect(platform.calls).toEqual([])
  })

  it('reuse connections up to the hundred requests that the platform allows each', async () => {
    const { platform, pve } = await start(() => data({ version: '9.2', release: '9.2', repoid: 'x' }))
    for (let index = 0; index < 250; index++) await pve.request('GET /version')
    expect(platform.requests.connections()).toBe(3)
  })

  it('call garbage a protocol error, with an excerpt that shows no ticket', async () => {
    const { pve } = await start(() => ({ status: 200, body: '<html>Gateway PVE:root@pam:66A0C0DE::secret-in-page' }))
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'protocol', status: 200, outcome: 'not-started' })
    expect(inspect(error)).toContain('Gateway')
    expect(inspect(error)).not.toContain('secret-in-page')
    expect(await failureOf(pve.request('POST /pools', { poolid: 'a' }))).toMatchObject({
      kind: 'protocol',
      outcome: 'unknown',
    })
  })

  it('give the envelope to those who want the total', async () => {
    const { pve } = await start(() => data([{ n: '1', t: 'x' }], { total: 7 }))
    const envelope = await pve.envelope('GET /nodes/{node}/tasks/{upid}/log', { node: 'pve1', upid, limit: 1 })
    expect(envelope).toEqual({ data: [{ n: 1, t: 'x' }], total: 7 })
  })

  it('end by signal and by time', async () => {
    const { pve } = await start(({ path }) => (path === '/pools' ? data([]) : new Promise<never>(() => {})))
    const controller = new AbortController()
    const aborted = pve.request('GET /version', {}, { signal: controller.signal })
    controller.abort()
    expect(await failureOf(aborted)).toMatchObject({ kind: 'aborted', outcome: 'not-started' })
    // On a connection that is open already: what was not sent by then has another outcome.
    await pve.request('GET /pools')
    const late = pve.request('POST /nodes/{node}/qemu', { node: 'pve1', vmid: 100 }, { timeoutMs: 200 })
    expect(await failureOf(late)).toMatchObject({ kind: 'timeout', outcome: 'unknown', retryable: false })
  })

  it('repeat reads after a lost connection, never writes', async () => {
    const { platform, pve } = await start(() => data(null))
    platform.faults.add({ match: { method: 'GET', times: 1 }, action: { type: 'drop-after' } })
    platform.faults.add({ match: { method: 'POST', times: 1 }, action: { type: 'drop-after' } })
    expect(await pve.request('GET /version')).toBeNull()
    expect(await failureOf(pve.request('POST /pools', { poolid: 'a' }))).toMatchObject({
      kind: 'unreachable',
      outcome: 'unknown',
      retryable: false,
      operation: 'POST /pools',
    })
    expect(platform.calls.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })
})

describe('trust', () => {
  it.each([
    ['an unknown authority', { ca: undefined as never }, 'tls-untrusted'],
    [
      'another fingerprint',
      { ca: undefined as never, fingerprint256: Array(32).fill('AA').join(':') },
      'tls-untrusted',
    ],
  ])('refuses %s before a byte of the request', async (_name, trust, kind) => {
    const { platform, pve } = await start(() => data(null), trust)
    const error = await failureOf(pve.request('POST /pools', { poolid: 'a' }))
    expect(error).toMatchObject({ kind, outcome: 'not-started' })
    expect(platform.calls).toEqual([])
    expect(inspect(error)).not.toContain(token.secret)
  })

  it('takes the right fingerprint', async () => {
    const { platform } = await start(() => data(null))
    const pve = createProxmoxClient({ url: platform.url, auth: token, fingerprint256: platform.fingerprint256 })
    open.push(pve)
    expect(await pve.request('GET /version')).toBeNull()
  })

  it('says where nobody listens', async () => {
    const { platform, pve } = await start(() => data(null))
    await platform.close()
    expect(await failureOf(pve.request('POST /pools', { poolid: 'a' }))).toMatchObject({
      kind: 'unreachable',
      outcome: 'not-started',
      retryable: true,
    })
  })

  it.each([['http://pve1:8006'], ['pve1:8006'], ['https://root:pw@pve1:8006'], ['https://pve1:8006/path'], ['']])(
    'refuses the address %j',
    (url) => {
      expect(() => createProxmoxClient({ url, auth: token })).toThrow(ProxmoxError)
    },
  )
})

describe('options', () => {
  it.each([
    ['a user without a realm', { auth: { username: 'root', password: 'x' } }],
    ['a token id that is none', { auth: { tokenId: 'root@pam', secret: 'x' } }],
  ])('refuse %s at once', (_name, more) => {
    expect(() => createProxmoxClient({ url: 'https://pve1:8006', ...more })).toThrow(ProxmoxError)
  })

  it.each([
    ['auth', 'a forgotten auth', { auth: undefined as never }],
    ['auth', 'an auth that is a text', { auth: 'root@pam!ci' as never }],
    ['timeoutMs', 'no time', { auth: token, timeoutMs: 0 }],
    ['timeoutMs', 'time that runs backwards, for a given fetch too', { auth: token, timeoutMs: -1, fetch }],
  ])('name %s when they refuse %s', (field, _name, more) => {
    const make = () => createProxmoxClient({ url: 'https://pve1:8006', ...more })
    expect(make).toThrow(ProxmoxError)
    expect(make).toThrow(expect.objectContaining({ kind: 'validation', outcome: 'not-started' }))
    expect(make).toThrow(expect.objectContaining({ errors: { [field]: expect.any(String) } }))
  })

  it.each([0, -1, Number.NaN, 2 ** 31])('refuse a call that may last %d ms', async (timeoutMs) => {
    const { platform, pve } = await start(() => data(null))
    const file = { content: 'iso', filename: 'a.iso', data: Buffer.from('x') } as const
    const log = { node: 'pve1', upid }
    const failures = await Promise.all([
      failureOf(pve.request('GET /version', undefined, { timeoutMs })),
      failureOf(pve.upload({ node: 'pve1', storage: 'local', ...file }, { timeoutMs })),
      failureOf(pve.download('GET /nodes/{node}/tasks/{upid}/log', log, { timeoutMs })),
    ])
    for (const error of failures) {
      expect(error).toMatchObject({
        kind: 'validation',
        message: expect.stringContaining('timeoutMs must be'),
        errors: { timeoutMs: expect.stringContaining('leave it out') },
      })
    }
    expect(platform.calls).toEqual([])
  })

  it('refuse a fingerprint that is none at the first call', async () => {
    const pve = createProxmoxClient({ url: 'https://pve1:8006', auth: token, fingerprint256: 'AA:BB' })
    expect(await failureOf(pve.request('GET /version'))).toMatchObject({ kind: 'validation', outcome: 'not-started' })
  })

  it('refuse calls of a client that was closed before its first', async () => {
    const pve = createProxmoxClient({ url: 'https://pve1:8006', auth: token })
    await pve.close()
    expect(await failureOf(pve.request('GET /version'))).toMatchObject({ kind: 'closed', outcome: 'not-started' })
  })
})

describe('releases', () => {
  it('are asked for once, and what they lack is refused without a request', async () => {
    const { platform, pve } = await start((call) =>
      call.path === '/version' ? data({ version: '8.4.1', release: '8.4', repoid: 'x' }) : data([]),
    )
    expect(await pve.request('GET /cluster/ha/rules')).toEqual([])
    const [version] = await Promise.all([pve.version(), pve.version()])
    expect(version.release).toBe('8.4')
    await pve.version()
    expect(platform.calls.filter(({ path }) => path === '/version')).toHaveLength(1)
    expect(await failureOf(pve.request('GET /cluster/ha/rules'))).toMatchObject({
      kind: 'unsupported',
      outcome: 'not-started',
    })
    expect(platform.calls).toHaveLength(2)
  })

  it('can be told beforehand', async () => {
    const { platform, pve } = await start(() => data([]), { release: '7.4' })
    expect((await failureOf(pve.request('GET /cluster/acme/meta'))).kind).toBe('unsupported')
    expect(platform.calls).toEqual([])
  })

  it('are asked for again after a failure', async () => {
    const { platform, pve } = await start(() => data({ version: '9.2', release: '9.2', repoid: 'x' }))
    platform.faults.add({
      match: { path: '/api2/json/version', times: 1 },
      action: { type: 'reply', reply: rejection(500, 'no') },
    })
    await failureOf(pve.version())
    expect((await pve.version()).release).toBe('9.2')
  })
})

describe('tasks', () => {
  it.each([[null], [''], ['OK']])('are over at once for the answer %j', async (answer) => {
    const { platform, pve } = await start(() => data(answer))
    const task = await pve.task('PUT /nodes/{node}/qemu/{vmid}/resize', {
      node: 'pve1',
      vmid: 100,
      disk: 'scsi0',
      size: '1G',
    })
    expect(task.upid).toBeNull()
    expect(await task.wait()).toEqual({ exitStatus: 'OK', warnings: 0 })
    expect(platform.calls).toHaveLength(1)
  })

  it('are waited for by the list', async () => {
    let looks = 0
    const { platform, pve } = await start(
      (call) => {
        if (call.method === 'POST') return data(upid)
        looks += 1
        return data([looks < 3 ? { upid, status: 'RUNNING' } : { upid, status: 'OK', endtime: 1795478400 }])
      },
      { taskPolling: { minMs: 1, maxMs: 2 } },
    )
    const task = await pve.task('POST /nodes/{node}/qemu/{vmid}/status/start', { node: 'pve1', vmid: 100 })
    expect(task).toMatchObject({ upid, node: 'pve1', type: 'imgcopy', startTime: 0x6b03fc5d })
    expect(await task.wait()).toEqual({ exitStatus: 'OK', warnings: 0 })
    expect(platform.calls.slice(1).map(({ path, query }) => `${path}?${query}`)).toEqual(
      Array(3).fill(`/nodes/pve1/tasks?source=all&limit=500&since=${0x6b03fc5d}`),
    )
  })

  it('of many nodes are looked at once, and a dead node spoils only its own', async () => {
    const { platform, pve } = await start((call) =>
      call.path.startsWith('/nodes/pve2/')
        ? { status: 595, reason: 'No route to host', close: true }
        : data([{ upid, status: 'clone failed', endtime: 1 }]),
    )
    const dead = upid.replace('pve1', 'pve2')
    const states = await pve.taskStates([upid, dead])
    expect(states.get(upid)).toEqual({ state: 'finished', exitStatus: 'clone failed', succeeded: false, warnings: 0 })
    expect(states.get(dead)).toMatchObject({ state: 'unreachable', error: { kind: 'node-unreachable', node: 'pve2' } })
    expect(platform.calls.filter(({ path }) => path === '/nodes/pve1/tasks')).toHaveLength(1)
  })

  it('cannot be made of other answers', async () => {
    const { pve } = await start(() => data({ some: 'thing' }))
    const work = pve.task('POST /nodes/{node}/qemu/{vmid}/status/start', { node: 'pve1', vmid: 100 })
    expect(await failureOf(work)).toMatchObject({ kind: 'protocol', outcome: 'unknown' })
  })
})

describe('files', () => {
  it('are uploaded as multipart with a length', async () => {
    const { platform, pve } = await start(() => data(upid))
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('he')
      yield Buffer.from('llo')
    }
    const target = { node: 'pve1', storage: 'local', content: 'iso', filename: 'a.iso' } as const
    const checksum = { algorithm: 'sha256', value: 'abc' } as const
    const tasks = [
      await pve.upload({ ...target, data: Buffer.from('hello') }),
      await pve.upload({ ...target, data: new Blob(['hello']), checksum }),
      await pve.upload({ ...target, data: { size: 5, stream: stream() } }),
    ]
    expect(tasks.map((task) => task.upid)).toEqual([upid, upid, upid])
    for (const call of platform.calls) {
      expect(call).toMatchObject({ method: 'POST', path: '/nodes/pve1/storage/local/upload' })
      expect(call.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
      expect(call.headers['content-length']).toBe(String(call.body.length))
      expect(call.headers['transfer-encoding']).toBeUndefined()
      expect(call.body.toString()).toContain(
        'filename="a.iso"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n--',
      )
    }
    expect(platform.calls[1]?.body.toString()).toMatch(
      /name="checksum-algorithm"\r\n\r\nsha256\r\n[\s\S]*name="checksum"\r\n\r\nabc/,
    )
  })

  it('are downloaded as bytes', async () => {
    const { platform, pve } = await start((call) =>
      call.query.get('download') === '1' ? { status: 200, body: 'line 1\nline 2\n' } : failure(500, 'no'),
    )
    const chunks: Uint8Array[] = []
    for await (const chunk of await pve.download('GET /nodes/{node}/tasks/{upid}/log', {
      node: 'pve1',
      upid,
      download: true,
    }))
      chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('line 1\nline 2\n')
    expect(platform.calls).toHaveLength(1)
    await failureOf(pve.download('GET /nodes/{node}/tasks/{upid}/log', { node: 'pve1', upid }))
  })
})

describe('close', () => {
  it('ends the client but not its tasks', async () => {
    const { platform, pve } = await start(() => data([{ upid, status: 'RUNNING' }]), { taskPolling: { minMs: 1 } })
    const wait = failureOf(pve.attachTask(upid).wait())
    await pve.request('GET /version')
    await pve.close()
    expect(await wait).toMatchObject({ kind: 'closed', outcome: 'unknown' })
    expect(await failureOf(pve.request('GET /version'))).toMatchObject({ kind: 'closed', outcome: 'not-started' })
    expect(platform.calls.some(({ method }) => method === 'DELETE')).toBe(false)
  })
})
