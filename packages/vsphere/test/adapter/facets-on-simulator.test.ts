import { inspect } from 'node:util'
import { type HypervisorPort, nativeOf, Secret, unwrap, type VmRef } from '@dcm/core'
import { startLoopbackServer } from '@dcm/wire/loopback'
import { afterEach, describe, expect, it } from 'vitest'
import { vsphere } from '../../src/index.js'
import {
  callPath,
  startVsphereSimulator,
  type VsphereSimulator,
  type VsphereSimulatorOptions,
} from '../../src/simulator/index.js'
import { closeAll } from '../close-all.js'
import { connectPort, firstVm } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>

const open: { close(): Promise<void> }[] = []
afterEach(() => closeAll(open))

async function start(options: VsphereSimulatorOptions = {}): Promise<VsphereSimulator> {
  const simulator = await startVsphereSimulator({ speed: 100, ...options })
  open.push(simulator)
  return simulator
}

async function connect(simulator: VsphereSimulator): Promise<Port> {
  const port = await connectPort({ ...simulator, ...simulator.credentials })
  open.push(port)
  return port
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Looks until it is so: no time is waited for. */
async function until<T>(look: () => T | Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    await nextTurn()
    const seen = await look()
    if (isSo(seen)) return seen
  }
}

describe('the facet guest', () => {
  async function setUp() {
    const simulator = await start()
    const port = await connect(simulator)
    const guest = unwrap(await port.facet('guest'))
    const ref = await firstVm(port)
    const { username, password } = simulator.guestLogin
    const login = { userName: username, password: { secretValue: password } }
    await until(
      async () => unwrap(await guest.info({ ref })),
      ({ addresses }) => addresses.length > 0,
    )
    return { simulator, port, guest, ref, login }
  }

  it('tells where a guest can be reached, without what leads nowhere', async () => {
    const { guest, ref, simulator } = await setUp()
    const info = unwrap(await guest.info({ ref }))
    expect(info).toMatchObject({ agent: 'running', hostname: expect.any(String) })
    expect(info.interfaces[0]?.addresses.some((address) => address.startsWith('fe80:'))).toBe(true)
    expect(info.addresses).toEqual([expect.stringMatching(/^10\.20\./)])
    simulator.faults.guestInterfaces(ref.locator ?? '', [
      { network: 'back', addresses: ['2001:db8::80', '169.254.80.80', '192.0.2.80'] },
      { network: 'docker0', addresses: ['172.17.0.1'], ofDevice: false },
    ])
    const more = unwrap(await guest.info({ ref }))
    expect(more.interfaces.slice(-2).map(({ name }) => name)).toEqual(['back', 'docker0'])
    expect(more.addresses).toEqual([...info.addresses, '192.0.2.80', '2001:db8::80'])
    simulator.faults.silenceGuests()
    expect(unwrap(await guest.info({ ref })).agent).toBe('not-running')
    simulator.faults.clear()
    expect(unwrap(await guest.info({ ref })).agent).toBe('running')
    simulator.faults.withoutTools(ref.locator ?? '')
    expect(unwrap(await guest.info({ ref })).agent).toBe('not-running')
  })

  it('runs a program and gives what it printed, and leaves nothing behind', async () => {
    const { guest, ref, login, simulator } = await setUp()
    const before = simulator.guestFiles(ref.locator ?? '').size
    const operation = unwrap(await guest.exec({ ref, command: ['echo', "it's", '$HOME; "quoted" > x'], login }))
    expect(unwrap(await operation.wait())).toEqual({
      exitCode: 0,
      stdout: `it's $HOME; "quoted" > x\n`,
      stderr: '',
      truncated: false,
    })
    expect(simulator.guestFiles(ref.locator ?? '').size).toBe(before)
    // Asked again, it answers from memory: the files are gone.
    expect(unwrap(await operation.wait()).exitCode).toBe(0)
    const failed = unwrap(await guest.exec({ ref, command: ['cat', '/no such file'], login }))
    expect(unwrap(await failed.wait())).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('/no such file') })
    const missing = unwrap(await guest.exec({ ref, command: ['no-such-program'], login }))
    expect(unwrap(await missing.wait()).exitCode).toBe(127)
  })

  it('cuts long output off and says so', async () => {
    const { guest, ref, login } = await setUp()
    const exit = unwrap(await unwrap(await guest.exec({ ref, command: ['seq', '20000'], login })).wait())
    expect([exit.truncated, Buffer.byteLength(exit.stdout), exit.exitCode]).toEqual([true, 65_536, 0])
  })

  it.each(['after', 'before'] as const)(
    'starts it once, though the answer to the start was lost %s the program began',
    async (when) => {
      const { guest, ref, login, simulator } = await setUp()
      simulator.faults.add({
        match: { path: callPath('StartProgramInGuest'), times: 1 },
        action: { type: when === 'after' ? 'drop-after' : 'drop-before' },
      })
      const operation = unwrap(await guest.exec({ ref, command: ['echo', 'once'], login }))
      expect(unwrap(await operation.wait()).stdout).toBe('once\n')
      expect(simulator.guestPrograms(ref.locator ?? '')).toHaveLength(1)
    },
  )

  it('is gone on with by another process, which asks for the password itself', async () => {
    const { guest, ref, simulator } = await setUp()
    const { username, password } = simulator.guestLogin
    const login = { userName: username, password: { secretRef: 'kv:guest' } }
    const secrets = { resolve: async () => new Secret(password) }
    expect(await guest.readFile({ ref, path: '/etc/hostname', login })).toMatchObject({ ok: false })
    const first = await connectPort({ ...simulator, ...simulator.credentials }, secrets)
    const begun = unwrap(await unwrap(await first.facet('guest')).exec({ ref, command: ['echo', 'on'], login }))
    const handle = JSON.parse(JSON.stringify(begun.handle))
    await first.close()
    const second = await connectPort({ ...simulator, ...simulator.credentials }, secrets)
    open.push(second)
    expect(unwrap(await unwrap(await second.resumeOperation<'guest.exec'>(handle)).wait())).toMatchObject({
      stdout: 'on\n',
    })
    expect(simulator.guestPrograms(ref.locator ?? '')).toHaveLength(1)
  })

  it('gives a program up after its limit, and ends it when it is cancelled', async () => {
    const { guest, ref, login, simulator } = await setUp()
    const command = ['sleep', '3600']
    const late = await unwrap(await guest.exec({ ref, command, limitMs: 1, login })).wait()
    expect(late).toMatchObject({ ok: false, error: { code: 'TIMEOUT', details: { timeoutMs: 1 } } })
    const operation = unwrap(await guest.exec({ ref, command, login }))
    const programs = () => simulator.guestPrograms(ref.locator ?? '')
    const waiting = operation.wait()
    await until(programs, (all) => all.length === 2)
    await operation.cancel()
    await waiting
    expect(programs()[1]?.exitCode).toBe(137)
  })

  it('finds the exit code of a program that the guest has forgotten', async () => {
    const { guest, ref, login, simulator } = await setUp()
    const operation = unwrap(await guest.exec({ ref, command: ['sleep', '1000'], limitMs: 80_000_000, login }))
    const waiting = operation.wait()
    await until(
      () => simulator.guestPrograms(ref.locator ?? ''),
      (all) => all.length === 1,
    )
    simulator.clock.advance(1_001_000) // it ends
    await until(
      () => simulator.guestPrograms(ref.locator ?? ''),
      ([program]) => program?.exitCode !== undefined,
    )
    simulator.clock.advance(600_000)
    expect(unwrap(await waiting).exitCode).toBe(0)
  })

  it('reads and writes files, also at a host with a certificate of its own', async () => {
    const { guest, ref, login, simulator } = await setUp()
    const path = '/tmp/letter'
    const dataBase64 = Buffer.from('dear guest').toString('base64')
    expect(unwrap(await guest.writeFile({ ref, path, dataBase64, login }))).toEqual({ bytes: 10 })
    expect(
      simulator
        .guestFiles(ref.locator ?? '')
        .get(path)
        ?.toString(),
    ).toBe('dear guest')
    expect(unwrap(await guest.readFile({ ref, path, login }))).toEqual({ dataBase64, truncated: false })
    const start4 = unwrap(await guest.readFile({ ref, path, maxBytes: 4, login }))
    expect([Buffer.from(start4.dataBase64, 'base64').toString(), start4.truncated]).toEqual(['dear', true])
    expect(await guest.readFile({ ref, path: '/none', login })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    })

    const host = await startLoopbackServer({ handler: async () => ({ status: 200, body: 'from the host' }) })
    open.push(host)
    simulator.faults.transferFrom(host.url.replace('127.0.0.1', 'localhost'), host.fingerprint1)
    const { dataBase64: read } = unwrap(await guest.readFile({ ref, path, login }))
    expect(Buffer.from(read, 'base64').toString()).toBe('from the host')
    simulator.faults.transferFrom(host.url.replace('127.0.0.1', 'localhost'), simulator.fingerprint1)
    expect(await guest.readFile({ ref, path, login })).toMatchObject({ ok: false, error: { code: 'TLS_UNTRUSTED' } })
  })

  it('asks for a login, takes no wrong one, and prints none', async () => {
    const { guest, ref, login, simulator } = await setUp()
    const wrong = { ...login, password: { secretValue: 'wrong-and-secret' } }
    const answers = [
      await guest.readFile({ ref, path: '/etc/hostname' }),
      await guest.exec({ ref, command: ['true'] }).then((begun) => (begun.ok ? begun.value.wait() : begun)),
      await guest.readFile({ ref, path: '/etc/hostname', login: wrong }),
      await guest
        .exec({ ref, command: ['true'], login: wrong })
        .then((begun) => (begun.ok ? begun.value.wait() : begun)),
    ]
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'PERMISSION_DENIED',
      'PERMISSION_DENIED',
    ])
    expect(inspect(answers, { depth: 9 })).not.toContain('wrong-and-secret')
    expect(simulator.logins()).toBe(1)
    const operation = unwrap(await guest.exec({ ref, command: ['true'], login }))
    expect(JSON.stringify(operation.handle)).not.toContain(login.password.secretValue)
    unwrap(await operation.wait())
    simulator.faults.setPower(ref.locator ?? '', 'poweredOff')
    expect(await guest.readFile({ ref, path: '/etc/hostname', login })).toMatchObject({
      ok: false,
      error: { code: 'FAILED_PRECONDITION' },
    })
  })
})

describe('the facet metrics', () => {
  it('gives the last hour in steps of 20 s, in the units of the port, and asks for the counters once', async () => {
    const simulator = await start()
    const port = await connect(simulator)
    const metrics = unwrap(await port.facet('metrics'))
    const ref = await firstVm(port)
    const all = ['cpu.usage', 'memory.used', 'disk.read', 'disk.write', 'network.received', 'network.sent'] as const
    const simulatedNow = (): string => new Date(simulator.clock.now()).toISOString()
    const seen = await until(
      async () => {
        simulator.clock.advance(20_000)
        return unwrap(await metrics.query({ target: { vm: ref }, metrics: all, to: simulatedNow() }))
      },
      ({ series }) => series.every(({ points }) => points.length > 0),
    )
    expect(seen.stepSeconds).toBe(20)
    const latestOf = (name: string) => seen.series.find(({ metric }) => metric === name)?.points.at(-1)?.value ?? -1
    expect(latestOf('cpu.usage')).toBeGreaterThan(0.04)
    expect(latestOf('cpu.usage')).toBeLessThan(0.56)
    expect(latestOf('memory.used')).toBeGreaterThan(100 * 1024 * 1024)
    // Two disks: each 12 to 132 KiB a second.
    expect(latestOf('disk.read')).toBeGreaterThan(2 * 11 * 1024)
    const { points } = seen.series[0] ?? { points: [] }
    expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted())
    const reads = simulator.calls('RetrievePropertiesEx')
    await metrics.query({ target: { vm: ref }, metrics: all })
    expect(simulator.calls('RetrievePropertiesEx')).toBe(reads + 1) // that of the VM

    const [host] = unwrap(await port.listHosts()).items
    const hours = { from: new Date(Date.now() - 5 * 3_600_000).toISOString(), to: new Date().toISOString() }
    const of = { target: { host: host?.id ?? '' }, metrics: ['disk.write', 'cpu.usage'] as const }
    const rolled = unwrap(await metrics.query({ ...of, ...hours }))
    expect([rolled.stepSeconds, rolled.series.map(({ metric, unit }) => [metric, unit])]).toEqual([
      300,
      [
        ['disk.write', 'bytes-per-second'],
        ['cpu.usage', 'ratio'],
      ],
    ])
    expect(rolled.series[0]?.points.length).toBeGreaterThan(50)
    expect(await metrics.query({ ...of, from: hours.to, to: hours.from })).toMatchObject({
      ok: false,
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'to' }] } },
    })
    expect(await metrics.query({ ...of, target: { host: 'host-999' } })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    })
  })
})

describe('the facet events', () => {
  async function setUp() {
    const simulator = await start()
    const port = await connect(simulator)
    return { simulator, port, events: unwrap(await port.facet('events')) }
  }

  const told = (batch: { readonly events: readonly { type: string; ref?: VmRef }[] }) =>
    batch.events.map((event) => [event.type, event.ref?.id])

  it('tells what happened since a cursor, to any process that goes on from it', async () => {
    const { simulator, port, events } = await setUp()
    const first = unwrap(await events.next())
    expect(first.events).toEqual([])
    const ref = await firstVm(port)
    unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
    const template = { from: 'template', template: { name: 'debian-13-cloud' } } as const
    const made = unwrap(await unwrap(await port.createVm({ name: 'new', source: template, powerOn: false })).wait())

    const other = unwrap(await (await connect(simulator)).facet('events'))
    const second = unwrap(await other.next({ cursor: first.cursor }))
    expect(told(second)).toEqual([
      ['vm-changed', ref.id],
      ['vm-created', made.ref.id],
    ])
    // The same question has the same answer, also here.
    expect(told(unwrap(await events.next({ cursor: first.cursor })))).toEqual(told(second))

    unwrap(await unwrap(await port.deleteVm(made.ref)).wait())
    const third = unwrap(await other.next({ cursor: second.cursor }))
    expect(told(third)).toEqual([['vm-removed', made.ref.id]])
    expect(told(unwrap(await other.next({ cursor: third.cursor })))).toEqual([])

    // A process that never saw the VM learns from the log who it was, or says that it cannot tell.
    const late = unwrap(await (await connect(simulator)).facet('events'))
    expect(told(unwrap(await late.next({ cursor: second.cursor })))).toEqual([['vm-removed', made.ref.id]])
    simulator.faults.failCall({ method: 'QueryEvents', fault: 'NotSupported' })
    expect(await late.next({ cursor: second.cursor })).toMatchObject({ ok: false, error: { code: 'UNSUPPORTED' } })
  })

  it('says reset where a VM was removed that nobody here can name', async () => {
    const { simulator, port, events } = await setUp()
    const [old, other] = unwrap(await port.listVms()).items // the first is the one that goes
    simulator.faults.setPower(other?.ref.locator ?? '', 'poweredOff')
    const { cursor } = unwrap(await events.next())
    unwrap(await unwrap(await port.deleteVm(await firstVm(port), { force: true })).wait())
    expect(told(unwrap(await events.next({ cursor })))).toEqual([['vm-removed', old?.ref.id]])
    const late = unwrap(await (await connect(simulator)).facet('events'))
    expect(told(unwrap(await late.next({ cursor })))).toEqual([['reset', undefined]])
  })

  it('goes on over the end of the session, in one call', async () => {
    const { simulator, port, events } = await setUp()
    const { cursor } = unwrap(await events.next())
    const ref = await firstVm(port)
    simulator.faults.expireSessions()
    simulator.faults.setPower(ref.locator ?? '', 'poweredOff')
    expect(told(unwrap(await events.next({ cursor })))).toEqual([['vm-changed', ref.id]])
    const queries = simulator.calls('QueryEvents')
    expect(unwrap(await events.next({ cursor })).events).toHaveLength(1)
    expect(simulator.calls('QueryEvents')).toBe(queries + 1)
  })

  it('says reset for cursors of nobody, of another vCenter, and of what the log has forgotten', async () => {
    const { simulator, events, port } = await setUp()
    const ref = await firstVm(port)
    simulator.faults.setPower(ref.locator ?? '', 'poweredOff')
    const { cursor } = unwrap(await events.next())
    const [identity, key, at] = cursor.split('/')
    const lost = ['of-nobody', `other/${key}/${at}`, `${identity}/999999/${at}`]
    for (const cursor of lost) {
      const batch = unwrap(await events.next({ cursor }))
      expect(told(batch)).toEqual([['reset', undefined]])
      expect(told(unwrap(await events.next({ cursor: batch.cursor })))).toEqual([])
    }
    expect(told(unwrap(await events.next({ cursor })))).toEqual([])
  })

  it('takes a VM that becomes a template for gone', async () => {
    const { simulator, events, port } = await setUp()
    const ref = await firstVm(port)
    const { cursor } = unwrap(await events.next())
    simulator.faults.setPower(ref.locator ?? '', 'poweredOff')
    await nativeOf(port, vsphere).call({ type: 'VirtualMachine', value: ref.locator ?? '' }, 'MarkAsTemplate')
    expect(told(unwrap(await events.next({ cursor })))).toEqual([['vm-removed', ref.id]])
  })

  it('is missing on a bare host, with the reason', async () => {
    const port = await connect(await start({ product: 'esxi' }))
    expect(await port.facet('events')).toMatchObject({
      ok: false,
      error: { code: 'UNSUPPORTED', message: expect.stringContaining('vCenter') },
    })
    const { facets } = unwrap(await port.capabilities())
    expect(facets).toEqual(expect.arrayContaining(['guest', 'metrics']))
    expect(facets).not.toContain('events')
  })
})
