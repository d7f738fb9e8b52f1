import { describe, expect, it } from 'vitest'
import { unwrap } from '../result.js'
import { errorOf } from '../testing/connect-fake.js'
import { gib } from '../units.js'
import { failure, finish, openLab } from './testing/lab.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('the guest', () => {
  it('tells its addresses, and leaves out those that lead nowhere', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const ref = await lab.run()
    lab.control.guest(lab.id, { hostName: 'web', interfaces: [{ name: 'docker0', addresses: ['172.17.0.1'] }] })
    const info = unwrap(await guest.info({ ref }))
    expect(info).toMatchObject({ agent: 'running', hostname: 'web', osName: 'linux' })
    expect(info.interfaces.map(({ name }) => name)).toEqual(['lo', 'eth0', 'docker0'])
    expect(info.interfaces[1]?.addresses.some((address) => address.startsWith('fe80:'))).toBe(true)
    expect(info.addresses).toHaveLength(1)
    expect(info.addresses[0]).toMatch(/^10\./)
  })

  it('has the addresses that it was created with', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const nics = [{ network: { name: 'lan' }, ipv4: { cidr: '192.0.2.7/24' }, ipv6: { cidr: '2001:db8::7/64' } }]
    const template = { from: 'template', template: { name: 'debian-13' } } as const
    const vm = await finish(lab.port.createVm({ name: 'fixed', source: template, nics }))
    expect(unwrap(await guest.info({ ref: vm.ref })).addresses).toEqual(['192.0.2.7', '2001:db8::7'])
  })

  it('says whether an agent runs, and does nothing without one', async () => {
    await using lab = await openLab()
    const { ref } = lab
    const guest = unwrap(await lab.port.facet('guest'))
    expect(unwrap(await guest.info({ ref }))).toEqual({ agent: 'not-running', interfaces: [], addresses: [] })
    await lab.run()
    lab.control.guest(lab.id, { tools: 'acpi' })
    expect(unwrap(await guest.info({ ref })).agent).toBe('absent')
    const refusal = { code: 'FAILED_PRECONDITION', details: { reason: 'no-agent' } }
    expect(errorOf(await guest.readFile({ ref, path: '/etc/motd' }))).toMatchObject(refusal)
    expect(errorOf(await guest.writeFile({ ref, path: '/etc/motd', dataBase64: '' }))).toMatchObject(refusal)
    lab.control.clearLog()
    expect(await failure(guest.exec({ ref, command: ['true'] }))).toMatchObject(refusal)
    expect(lab.control.count({ call: 'guest.run' })).toBe(0)
  })

  it('keeps files, which snapshots and clones hold too', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const snapshots = unwrap(await lab.port.facet('snapshots'))
    const { clone } = unwrap(await lab.port.facet('clone'))
    const ref = await lab.run()
    const path = '/etc/motd'
    expect(errorOf(await guest.readFile({ ref, path })).code).toBe('NOT_FOUND')
    expect(unwrap(await guest.writeFile({ ref, path, dataBase64: base64('hello') }))).toEqual({ bytes: 5 })
    const held = await finish(snapshots.create({ ref, name: 'hello', memory: true }))
    unwrap(await guest.writeFile({ ref, path, dataBase64: base64('changed') }))
    const cut = unwrap(await guest.readFile({ ref, path, maxBytes: 3 }))
    expect(cut).toEqual({ dataBase64: base64('cha'), truncated: true })
    const copy = await finish(clone({ ref, name: 'copy', snapshot: held.id }))
    await finish(lab.port.startVm(copy.ref))
    expect(unwrap(await guest.readFile({ ref: copy.ref, path })).dataBase64).toBe(base64('hello'))
    await finish(snapshots.revert({ ref, snapshot: held.id }))
    expect(unwrap(await guest.readFile({ ref, path }))).toEqual({ dataBase64: base64('hello'), truncated: false })
  })

  it('runs programs, its own and those that a test gives it', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const ref = await lab.run()
    const programs = { apt: { exitCode: 100, stderr: 'E: locked\n', ms: 3000 }, yes: { stdout: 'y\n'.repeat(40_000) } }
    lab.control.guest(lab.id, { programs })
    unwrap(await guest.writeFile({ ref, path: '/a', dataBase64: base64('content') }))
    const run = (...command: readonly string[]) => finish(guest.exec({ ref, command }))
    expect(await run('echo', 'a b', '$HOME')).toMatchObject({ exitCode: 0, stdout: 'a b $HOME\n', truncated: false })
    expect((await run('cat', '/a')).stdout).toBe('content')
    expect((await run('cat', '/b')).exitCode).toBe(1)
    expect((await run('false')).exitCode).toBe(1)
    expect((await run('hostname')).stdout).toBe('web-1\n')
    expect(await run('apt', 'install')).toMatchObject({ exitCode: 100, stderr: 'E: locked\n' })
    const much = await run('yes')
    expect([much.stdout.length, much.truncated]).toEqual([65_536, true])
    expect((await run('nothing')).exitCode).toBe(127)
  })

  it('runs a program once, though the answer is lost and another process goes on', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const ref = await lab.run()
    lab.control.loseReply('guest.run')
    lab.control.clearLog()
    const begun = unwrap(await guest.exec({ ref, command: ['sleep', '2'] }))
    const stored = JSON.parse(JSON.stringify(begun.handle)) as typeof begun.handle
    expect(await finish(lab.port.resumeOperation(stored))).toMatchObject({ exitCode: 0 })
    // Sent again after its answer was lost, and begun by the first of both.
    expect(lab.control.count({ call: 'guest.run', carriedOut: true })).toBe(2)
    expect(lab.control.count({ call: 'guest.exit' })).toBe(1)
  })

  it('gives a program its time, and no more', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const ref = await lab.run()
    expect(await failure(guest.exec({ ref, command: ['sleep', '9'], limitMs: 5000 }))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'unknown',
      details: { timeoutMs: 5000 },
    })
    const interrupted = unwrap(await guest.exec({ ref, command: ['sleep', '9'] }))
    await finish(lab.port.stopVm(ref, { mode: 'hard' }))
    expect(errorOf(await interrupted.wait())).toMatchObject({ code: 'FAILED_PRECONDITION', outcome: 'failed' })
  })

  it('that does not answer costs nobody else anything', async () => {
    await using lab = await openLab()
    const guest = unwrap(await lab.port.facet('guest'))
    const ref = await lab.run()
    lab.control.holdReply('guest.info')
    const asked = guest.info({ ref }, { timeoutMs: 50 })
    expect(unwrap(await lab.port.getVm(ref)).powerState).toBe('running')
    expect(errorOf(await asked).code).toBe('TIMEOUT')
  })
})

describe('metrics', () => {
  it('are means by time, of VMs while they were up', async () => {
    await using lab = await openLab()
    const { query } = unwrap(await lab.port.facet('metrics'))
    lab.control.advance(60_000)
    const ref = await lab.run()
    lab.control.guest(lab.id, { load: { cpu: 0.5, memory: 0.25, sent: 1000 } })
    lab.control.advance(60_000)
    const { series, stepSeconds } = unwrap(
      await query({ target: { vm: ref }, metrics: ['cpu.usage', 'memory.used', 'network.sent'] }),
    )
    expect(stepSeconds).toBe(20)
    expect(series.map(({ metric, unit }) => [metric, unit])).toEqual([
      ['cpu.usage', 'ratio'],
      ['memory.used', 'bytes'],
      ['network.sent', 'bytes-per-second'],
    ])
    expect(series.map(({ points }) => points.map(({ value }) => value))).toEqual([
      [0.5, 0.5, 0.5],
      [gib(0.5), gib(0.5), gib(0.5)],
      [1000, 1000, 1000],
    ])
    const times = series[0]?.points.map(({ at }) => Date.parse(at)) ?? []
    expect(times).toEqual(times.toSorted())
    const from = new Date(times[1] ?? 0).toISOString()
    const later = unwrap(await query({ target: { vm: ref }, metrics: ['cpu.usage'], from, to: from }))
    expect(later.series[0]?.points).toEqual([{ at: from, value: 0.5 }])
  })

  it('of a host are those of what runs there', async () => {
    await using lab = await openLab()
    const { query } = unwrap(await lab.port.facet('metrics'))
    await lab.run()
    // 2 of 32 processors.
    lab.control.guest(lab.id, { load: { cpu: 0.8, received: 7 } })
    lab.control.advance(20_000)
    const asked = await query({ target: { host: 'host-1' }, metrics: ['cpu.usage', 'network.received'] })
    const last = unwrap(asked).series.map(({ points }) => points.at(-1)?.value)
    expect(last).toEqual([0.05, 7])
    expect(errorOf(await query({ target: { host: 'host-9' }, metrics: ['cpu.usage'] })).code).toBe('NOT_FOUND')
    lab.control.hostState('host-1', 'down')
    lab.control.advance(20_000)
    const before = unwrap(asked).series[0]?.points.length
    const after = unwrap(await query({ target: { host: 'host-1' }, metrics: ['cpu.usage'] })).series[0]?.points.length
    expect(after).toBe(before)
  })

  it('are kept for an hour', async () => {
    await using lab = await openLab()
    const { query } = unwrap(await lab.port.facet('metrics'))
    const ref = await lab.run()
    lab.control.advance(86_400_000)
    expect(unwrap(await query({ target: { vm: ref }, metrics: ['cpu.usage'] })).series[0]?.points).toHaveLength(180)
  })
})
