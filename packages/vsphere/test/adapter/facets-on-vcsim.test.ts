import { type HypervisorPort, nativeOf, unwrap, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reference } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'

const binary = await findVcsim()

// vcsim's guests are containers: what needs one is proven on our own simulator alone.
describe.skipIf(binary === undefined)('guest, metrics and events on vcsim', () => {
  let vcsim: Vcsim
  let port: HypervisorPort<typeof vsphere>
  const ports: HypervisorPort<typeof vsphere>[] = []

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 2 })
    port = await connect()
  })
  afterAll(async () => {
    await Promise.all(ports.map((each) => each.close()))
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  async function connect(): Promise<HypervisorPort<typeof vsphere>> {
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    const connected = await connectPort({ url, fingerprint256, username, password })
    ports.push(connected)
    return connected
  }

  async function vmOf(name: string): Promise<VmRef> {
    const vm = unwrap(await port.listVms()).items.find((each) => each.name === name)
    if (vm === undefined) throw new Error(`the model has no ${name}`)
    return vm.ref
  }

  /** vcsim's door for setting any property. */
  async function set(ref: VmRef, properties: Readonly<Record<string, string>>): Promise<void> {
    const extraConfig = Object.entries(properties).map(([path, value]) => ({
      _type: 'OptionValue' as const,
      key: `SET.${path}`,
      value,
    }))
    await nativeOf(port, vsphere).run(reference('VirtualMachine', ref.locator ?? ''), 'ReconfigVM_Task', {
      spec: { extraConfig },
    })
  }

  it('gives means of VMs and hosts', async () => {
    const metrics = unwrap(await port.facet('metrics'))
    const all = ['cpu.usage', 'memory.used', 'disk.read', 'disk.write', 'network.received', 'network.sent'] as const
    const vm = await vmOf('DC0_H0_VM0')
    const ofVm = unwrap(await metrics.query({ target: { vm }, metrics: all }))
    expect([ofVm.stepSeconds, ofVm.series.map(({ metric }) => metric)]).toEqual([20, all])
    for (const { points } of ofVm.series) expect(points.length).toBeGreaterThan(0)
    const [cpu] = ofVm.series
    expect(cpu?.points.every(({ value }) => value >= 0 && value <= 2)).toBe(true)
    expect(cpu?.points.map(({ at }) => at)).toEqual(cpu?.points.map(({ at }) => at).toSorted())
    const [host] = unwrap(await port.listHosts()).items
    const from = new Date(Date.now() - 20 * 3_600_000).toISOString()
    const target = { host: host?.id ?? '' }
    const ofHost = unwrap(await metrics.query({ target, metrics: ['memory.used'], from }))
    expect([ofHost.stepSeconds, ofHost.series[0]?.unit]).toEqual([300, 'bytes'])
  })

  it('tells changes since a cursor, to another process too', async () => {
    const events = unwrap(await port.facet('events'))
    const { cursor } = unwrap(await events.next())
    const [changed, removed] = [await vmOf('DC0_H0_VM0'), await vmOf('DC0_H0_VM1')]
    unwrap(await unwrap(await port.stopVm(changed, { mode: 'hard' })).wait())
    unwrap(await unwrap(await port.deleteVm(removed, { force: true })).wait())
    const batch = unwrap(await events.next({ cursor }))
    const told = batch.events.map((event) => [event.type, 'ref' in event && event.ref.id])
    expect(told).toEqual([
      ['vm-changed', changed.id],
      ['vm-removed', removed.id],
    ])
    const other = unwrap(await (await connect()).facet('events'))
    expect(unwrap(await other.next({ cursor: batch.cursor })).events).toEqual([])
    expect(unwrap(await other.next({ cursor: 'of-nobody' })).events).toMatchObject([{ type: 'reset' }])
  })

  it('tells addresses of guests, and that nobody answers inside one without a container', async () => {
    const guest = unwrap(await port.facet('guest'))
    const ref = await vmOf('DC0_C0_RP0_VM0')
    expect(unwrap(await guest.info({ ref })).addresses).toEqual([])
    await set(ref, { 'guest.ipAddress': '192.0.2.77', 'guest.toolsRunningStatus': 'guestToolsRunning' })
    expect(unwrap(await guest.info({ ref }))).toMatchObject({ agent: 'running', addresses: ['192.0.2.77'] })
    const login = { userName: 'root', password: { secretValue: 'of the guest' } }
    const unavailable = {
      ok: false,
      error: { code: 'FAILED_PRECONDITION', native: { code: 'GuestOperationsUnavailable' } },
    }
    expect(await guest.readFile({ ref, path: '/etc/hostname', login })).toMatchObject(unavailable)
    // It tells an empty path where it should say that nobody answers; starting a program there would end its process.
    expect(await guest.exec({ ref, command: ['true'], login })).toMatchObject({
      ok: false,
      error: { code: 'PROTOCOL' },
    })
  })
})
