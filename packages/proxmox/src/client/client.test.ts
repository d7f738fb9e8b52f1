import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import {
  data,
  failure,
  type LoopbackPlatform,
  type PlatformCall,
  rejection,
  startLoopbackPlatform,
} from '../../test/loopback-platform.js'
import { createProxmoxClient, type ProxmoxClient, type ProxmoxClientOptions, ProxmoxError } from './index.js'

const token = { tokenId: 'root@pam!ci', secret: 'aaaa-bbbb-secret' }
const upid = 'UPID:pve1:00000001:00000001:6B03FC5D:imgcopy::root@pam!ci:'
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close()
})

async function start(
  answer: Parameters<typeof startLoopbackPlatform>[0],
  more: Partial<ProxmoxClientOptions> = {},
): Promise<{ platform: LoopbackPlatform; pve: ProxmoxClient }> {
  const platform = await startLoopbackPlatform(answer, { maxRequestsPerConnection: 100 })
  const pve = createProxmoxClient({ url: platform.url, auth: token, ca: platform.ca, ...more })
  open.push(platform, pve)
  return { platform, pve }
}

async function failureOf(work: Promise<unknown>): Promise<ProxmoxError> {
  const outcome: unknown = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
  if (ProxmoxError.isInstance(outcome)) return outcome
  throw new Error(`not a ProxmoxError: ${inspect(outcome)}`)
}

/** Logs in whoever knows the password; `valid` is the ticket that other calls must show. */
function ticketPlatform(answer: (call: PlatformCall) => ReturnType<typeof data>) {
  const state = { issued: 0, valid: '', logins: 0 }
  return {
    state,
    answer(call: PlatformCall) {
      if (call.path === '/access/ticket' && call.method === 'POST') {
        state.logins += 1
        if (call.form.get('password') !== 'pass word;=&') return failure(401, 'authentication failure')
        state.issued += 1
        state.valid = `PVE:root@pam:${state.issued}::x+/=`
        return data({ ticket: state.valid, CSRFPreventionToken: `csrf${state.issued}`, username: 'root@pam', cap: {} })
      }
      const given = decodeURIComponent(/PVEAuthCookie=(.*)$/.exec(call.headers.authorization ?? '')?.[1] ?? '')
      if (given === '') return rejection(401, 'No ticket')
      if (given !== state.valid) return rejection(401, 'Authentication failed!')
      if (call.method !== 'GET' && call.headers.csrfpreventiontoken !== `csrf${state.issued}`) {
        return rejection(401, 'Permission denied - invalid csrf token')
      }
      return answer(call)
    },
  }
}

const password = { username: 'root@pam', password: 'pass word;=&' }

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

  it('call garbage a protocol error without showing it', async () => {
    const { pve } = await start(() => ({ status: 200, body: '<html>secret-in-page' }))
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'protocol', status: 200, outcome: 'not-started' })
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
    const { pve } = await start(() => new Promise<never>(() => {}))
    const controller = new AbortController()
    const aborted = pve.request('GET /version', {}, { signal: controller.signal })
    controller.abort()
    expect(await failureOf(aborted)).toMatchObject({ kind: 'aborted', outcome: 'not-started' })
    const late = pve.request('POST /pools', { poolid: 'a' }, { timeoutMs: 50 })
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

describe('signing in', () => {
  it('logs in at the first call and shows ticket and CSRF token', async () => {
    const { state, answer } = ticketPlatform(() => data(null))
    const { platform, pve } = await start(answer, { auth: password })
    await Promise.all([pve.request('GET /version'), pve.request('POST /pools', { poolid: 'a' })])
    expect(state.logins).toBe(1)
    expect(platform.calls).toHaveLength(3)
  })

  it('signs in anew once after the platform forgot the ticket, and sends writes again', async () => {
    const { state, answer } = ticketPlatform((call) => data(call.form.get('poolid')))
    const { pve } = await start(answer, { auth: password })
    await pve.request('GET /version')
    state.valid = 'forgotten'
    const answers = await Promise.all([
      pve.request('POST /pools', { poolid: 'a' }),
      pve.request('POST /pools', { poolid: 'b' }),
      pve.request('GET /version'),
    ])
    expect(answers).toEqual(['a', 'b', null])
    expect(state.logins).toBe(2)
  })

  it('tries a wrong password once, and shows it nowhere', async () => {
    const { state, answer } = ticketPlatform(() => data(null))
    const { platform, pve } = await start(answer, { auth: { username: 'root@pam', password: 'wr0ng-password' } })
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(pve.request('GET /version'))))
    failures.push(await failureOf(pve.request('POST /pools', { poolid: 'a' })))
    expect(state.logins).toBe(1)
    expect(platform.calls).toHaveLength(1)
    for (const error of failures) {
      expect(error.kind).toBe('unauthenticated')
      expect(`${inspect(error, { depth: 9, showHidden: false })}${JSON.stringify(error)}${error.stack}`).not.toContain(
        'wr0ng',
      )
    }
  })

  it.each([
    ['a page', '<html>pw-echo</html>'],
    ['no ticket', '{"data":{"note":"pw-echo"}}'],
    ['a ticket without its CSRF token', '{"data":{"ticket":"PVE:pw-echo","username":"root@pam"}}'],
    ['null', '{"data":null}'],
  ])('calls %s in answer to a login a protocol error, and shows nothing of it', async (_name, body) => {
    const { platform, pve } = await start(() => ({ status: 200, body }), { auth: password })
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'protocol', operation: 'POST /access/ticket' })
    expect(`${inspect(error)}${inspect(error.cause)}`).not.toContain('pw-echo')
    expect(platform.calls).toHaveLength(1)
  })

  it('goes on for others when one caller gives up', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { state, answer } = ticketPlatform(() => data(null))
    const { pve } = await start(
      async (call) => {
        if (call.path === '/access/ticket') await held
        return answer(call)
      },
      { auth: password },
    )
    const controller = new AbortController()
    const impatient = failureOf(pve.request('POST /pools', { poolid: 'a' }, { signal: controller.signal }))
    const patient = pve.request('GET /version')
    controller.abort()
    expect(await impatient).toMatchObject({ kind: 'aborted', outcome: 'not-started' })
    release()
    expect(await patient).toBeNull()
    expect(state.logins).toBe(1)
  })

  it('is told on a diagnostics channel, without secrets', async () => {
    const events: unknown[] = []
    const listen = (event: unknown): void => void events.push(event)
    subscribe('dcm.proxmox.login', listen)
    const { platform, pve } = await start(ticketPlatform(() => data(null)).answer, { auth: password })
    await pve.request('GET /version')
    unsubscribe('dcm.proxmox.login', listen)
    const host = new URL(platform.url).host
    expect(events).toEqual([{ host, username: 'root@pam', renewal: false, succeeded: true }])
  })

  it('takes a 401 on a token as final, with one request', async () => {
    const { platform, pve } = await start(() => rejection(401, 'Authentication failed!'))
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'unauthenticated', status: 401, reason: 'Authentication failed!' })
    expect(platform.calls).toHaveLength(1)
    expect(inspect(error)).not.toContain(token.secret)
  })

  it('does not loop on a refused CSRF token', async () => {
    const { state, answer } = ticketPlatform(() => rejection(401, 'Permission denied - invalid csrf token'))
    const { pve } = await start(answer, { auth: password })
    expect((await failureOf(pve.request('POST /pools', { poolid: 'a' }))).reason).toBe(
      'Permission denied - invalid csrf token',
    )
    expect(state.logins).toBe(1)
  })

  it('hides passwords that the platform echoes', async () => {
    const { pve } = await start(() =>
      failure(400, 'Parameter verification failed.', { cipassword: 'bad: Tr0ub4dor&3' }),
    )
    const error = await failureOf(
      pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, cipassword: 'Tr0ub4dor&3' }),
    )
    expect(error.errors).toEqual({ cipassword: 'bad: ***' })
    expect(inspect(error)).not.toContain('Tr0ub4dor')
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
