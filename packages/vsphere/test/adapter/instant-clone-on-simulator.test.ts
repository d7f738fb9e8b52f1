import { gib, type HypervisorPort, unwrap, type VmInfo, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort, firstVm } from './connect-port.js'
import { end } from './end.js'

type Port = HypervisorPort<typeof vsphere>

// vcsim has no InstantClone_Task: it is proven here alone.
describe('instant clones', () => {
  let simulator: VsphereSimulator
  let port: Port
  let source: VmInfo

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100 })
    port = await connectPort({ ...simulator, ...simulator.credentials })
    source = unwrap(await port.getVm(await firstVm(port)))
    expect(source.powerState).toBe('running')
  })
  afterAll(async () => {
    await port?.close()
    await simulator?.close()
  })

  const instant = (template: { id: string } | { name: string }) =>
    ({ from: 'template', template, clone: 'instant' }) as const
  const named = (name: string) => simulator.vms().filter((vm) => vm.name === name)
  const loseAnswer = (method: string) =>
    simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: { type: 'drop-after' } })
  const problemsOf = (result: Awaited<ReturnType<typeof end>>) =>
    !result.ok && result.error.code === 'INVALID_ARGUMENT' ? result.error.details?.problems.map(({ path }) => path) : []

  it('copies a running VM, with other networks, a card more and settings for its guest', async () => {
    const networks = unwrap(await port.listNetworks()).items
    const [other] = networks.filter(({ id }) => id !== source.nics[0]?.network)
    const nics = [...source.nics, {}].map(() => ({ network: { id: other?.id ?? '' } }))
    const extensions = { vsphere: { extraConfig: { 'guestinfo.ic.hostname': 'worker-1' } } }
    const spec = { name: 'worker-1', source: instant({ name: source.name }), nics, description: 'a copy', extensions }
    const vm = unwrap(await end(port.createVm(spec, { idempotencyKey: 'worker-1' })))
    expect(vm).toMatchObject({ name: 'worker-1', powerState: 'running', cpus: source.cpus, description: 'a copy' })
    expect(vm.nics.map(({ network }) => network)).toEqual(nics.map(({ network }) => network.id))
    expect(vm.createdBy?.key).toBe(vm.ref.id)
    const [native] = named('worker-1')
    expect(native?.instanceUuid).toBe(vm.ref.id)
    expect(native?.extraConfig).toMatchObject({ 'guestinfo.ic.hostname': 'worker-1' })
    expect(native?.extraConfig).not.toHaveProperty('dcm.draft')
    expect(unwrap(await end(port.createVm(spec, { idempotencyKey: 'worker-1' }))).ref).toEqual(vm.ref)
    expect(named('worker-1')).toHaveLength(1)
  })

  it('makes one for a key, though the answer was lost, and of two that race', async () => {
    loseAnswer('InstantClone_Task')
    const spec = { name: 'lost', source: instant({ id: source.ref.id }) }
    expect(unwrap(await end(port.createVm(spec, { idempotencyKey: 'lost' }))).name).toBe('lost')
    expect(named('lost')).toHaveLength(1)
    const raced = { name: 'raced', source: instant({ id: source.ref.id }) }
    const make = () => end(port.createVm(raced, { idempotencyKey: 'raced' }))
    const [one, two] = await Promise.all([make(), make()])
    expect(unwrap(one).ref).toEqual(unwrap(two).ref)
    expect(named('raced')).toHaveLength(1)
  })

  it('is taken back also while it has an id that the server chose', async () => {
    simulator.faults.failNextTask({ method: 'ReconfigVM_Task', fault: 'InsufficientResourcesFault' })
    const spec = { name: 'half', source: instant({ id: source.ref.id }) }
    const failed = await end(port.createVm(spec, { idempotencyKey: 'half' }))
    expect(failed).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } })
    expect(named('half')).toEqual([])
  })

  it('finds its VM by the id, whatever it is called by now', async () => {
    const spec = { name: 'original', source: instant({ id: source.ref.id }) }
    const { ref } = unwrap(await end(port.createVm(spec, { idempotencyKey: 'original' })))
    const [native] = named('original')
    simulator.faults.renameVm(native?.ref ?? '', 'renamed')
    const again = unwrap(await end(port.createVm(spec, { idempotencyKey: 'original' })))
    expect(again.ref).toEqual(ref)
  })

  it('refuses what a copy of a running VM cannot have otherwise, each field by its name', async () => {
    const spec = { name: 'no', source: instant({ id: source.ref.id }) }
    const sizes = { cpus: 8, memoryBytes: gib(8), disks: [{ sizeBytes: gib(100) }], powerOn: false }
    const sized = problemsOf(await end(port.createVm({ ...spec, ...sizes })))
    expect(sized?.sort()).toEqual(Object.keys(sizes).sort())
    const nics = [{ network: { id: source.nics[0]?.network ?? '' }, ipv4: 'dhcp' }] as const
    const guest = problemsOf(await end(port.createVm({ ...spec, nics, customization: { hostname: 'no' } })))
    expect(guest?.sort()).toEqual(['customization.hostname', 'nics[0].ipv4'])
    const template = { name: 'no', source: instant({ name: 'debian-13-cloud' }) }
    expect(await end(port.createVm(template))).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(named('no')).toEqual([])
  })

  it('refuses a source that is off', async () => {
    const spec = { name: 'still', source: instant({ id: source.ref.id }) }
    const off: VmRef = unwrap(await end(port.createVm({ ...spec, name: 'off' }))).ref
    unwrap(await end(port.stopVm(off, { mode: 'hard' })))
    const result = await end(port.createVm({ ...spec, source: instant({ id: off.id }) }))
    expect(problemsOf(result)).toEqual(['source.template'])
    expect(result).toMatchObject({ error: { message: expect.stringContaining('start it first') } })
    const { clone } = unwrap(await port.facet('clone'))
    expect(await end(clone({ ref: off, name: 'still', mode: 'instant' }))).toMatchObject({
      error: { code: 'FAILED_PRECONDITION', details: { reason: 'not-running' } },
    })
    expect(named('still')).toEqual([])
  })

  it('comes by the facet too, and not of a snapshot', async () => {
    const { clone } = unwrap(await port.facet('clone'))
    const input = { ref: source.ref, name: 'by-facet', mode: 'instant' } as const
    loseAnswer('InstantClone_Task')
    const vm = unwrap(await end(clone(input, { idempotencyKey: 'by-facet' })))
    expect(vm).toMatchObject({ name: 'by-facet', powerState: 'running' })
    expect(unwrap(await end(clone(input, { idempotencyKey: 'by-facet' }))).ref).toEqual(vm.ref)
    expect(await end(clone({ ...input, name: 'x', snapshot: 'snapshot-1' }))).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'snapshot' }] } },
    })
  })

  it('is UNSUPPORTED on a bare host', async () => {
    await using host = await startVsphereSimulator({ speed: 100, product: 'esxi' })
    const bare = await connectPort({ ...host, ...host.credentials })
    try {
      const spec = { name: 'no', source: instant({ id: 'vm-1' }) }
      expect(await end(bare.createVm(spec))).toMatchObject({ error: { code: 'UNSUPPORTED' } })
      expect(host.calls('InstantClone_Task')).toBe(0)
    } finally {
      await bare.close()
    }
  })
})
