import { gib, type HypervisorPort, mib, type Operation, type Result, unwrap, type VmRef } from '@dcm/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, reference, type VsphereClient } from '../../src/client/index.js'
import type { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>
/** An operation of a facet, as far as these tests look. */
type Begun = Result<Pick<Operation<'snapshots.create'>, 'cancel'> & { wait(): Promise<Result<unknown>> }>

describe('operations of facets that fail', () => {
  let simulator: VsphereSimulator
  let port: Port
  /** Somebody else, who changes what we work on. */
  let other: VsphereClient
  let refs: VmRef[]

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100, seed: { vms: 20, running: false } })
    port = await connectPort({ ...simulator, ...simulator.credentials })
    other = createVsphereClient({
      url: simulator.url,
      fingerprint256: simulator.fingerprint256,
      auth: simulator.credentials,
    })
    refs = unwrap(await port.listVms()).items.map(({ ref }) => ref)
  })
  afterEach(() => simulator.faults.clear())
  afterAll(async () => {
    await Promise.all([port?.close(), other?.close()])
    if (simulator !== undefined) expect(simulator.sessions()).toEqual([])
    await simulator?.close()
  })

  /** A VM that no other test has touched. */
  function fresh(): VmRef {
    const ref = refs.pop()
    if (ref === undefined) throw new Error('the simulator has no more VMs')
    return ref
  }

  const nativeOfRef = ({ locator = '' }: VmRef) => reference('VirtualMachine', locator)
  const changing = () => simulator.tasks().filter(({ state }) => state === 'queued' || state === 'running')

  /** Lets the read after `reads` others wait with its answer while `meanwhile` happens. */
  async function between(
    reads: number,
    begin: () => Promise<Begun>,
    meanwhile: () => unknown,
  ): Promise<Result<unknown>> {
    let release = (): void => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    const path = callPath('RetrievePropertiesEx')
    simulator.faults.add({ match: { path, after: reads, times: 1 }, action: { type: 'hold', until } })
    const ended = begin().then((begun) => (begun.ok ? begun.value.wait() : begun))
    const isHeld = () => simulator.requests.entries().some(({ held }) => held === true)
    await expect.poll(isHeld).toBe(true)
    await meanwhile()
    release()
    return ended
  }

  const kinds: Readonly<Record<string, (ref: VmRef) => Promise<Begun>>> = {
    'snapshots.create': async (ref) => unwrap(await port.facet('snapshots')).create({ ref, name: 'late' }),
    'reconfigure.apply': async (ref) => unwrap(await port.facet('reconfigure')).apply({ ref, description: 'late' }),
    'disks.attach': async (ref) => unwrap(await port.facet('disks')).attach({ ref, disk: { sizeBytes: gib(1) } }),
    'migrate.migrate': async (ref) => {
      const { host } = unwrap(await port.getVm(ref))
      const to = unwrap(await port.listHosts()).items.find(({ id }) => id !== host)
      return unwrap(await port.facet('migrate')).migrate({ ref, host: { id: to?.id ?? '' } })
    },
    'clone.clone': async (ref) => unwrap(await port.facet('clone')).clone({ ref, name: `copy of ${ref.locator}` }),
  }

  it.each(Object.entries(kinds))('%s: leaves all as it was when it is cancelled under way', async (_kind, begin) => {
    const ref = fresh()
    const before = JSON.stringify(await stateOf(ref))
    const vms = simulator.vms().length
    simulator.faults.holdTasks()
    const begun = unwrap(await begin(ref))
    const cancelling = begun.cancel({ timeoutMs: 30_000 })
    await expect.poll(() => simulator.calls('CancelTask')).toBeGreaterThan(0)
    simulator.faults.holdTasks(false)
    expect(unwrap(await cancelling)).toBe('cancelled')
    expect(await begun.wait()).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
    expect(JSON.stringify(await stateOf(ref))).toBe(before)
    expect(simulator.vms()).toHaveLength(vms)
    expect(changing()).toEqual([])
    simulator.requests.clear()
  })

  /** What these operations would change. */
  async function stateOf(ref: VmRef) {
    const paths = ['snapshot', 'config.annotation', 'config.hardware.device', 'runtime.host', 'name'] as const
    return other.read(nativeOfRef(ref), 'VirtualMachine', paths)
  }

  it('takes a snapshot back whose task could not be stopped any more, or says that it was too late', async () => {
    const ref = fresh()
    const snapshots = unwrap(await port.facet('snapshots'))
    simulator.faults.cancelable(false)
    const begun = unwrap(await snapshots.create({ ref, name: 'unstoppable' }))
    const verdict = unwrap(await begun.cancel({ timeoutMs: 30_000 }))
    const left = unwrap(await snapshots.list({ ref })).snapshots
    const ended = await begun.wait()
    expect({ verdict, ok: ended.ok, left: left.length }).toEqual(
      verdict === 'cancelled' ? { verdict, ok: false, left: 0 } : { verdict, ok: true, left: 1 },
    )
  })

  it.each(Object.entries(kinds))('%s: NOT_FOUND where the VM vanishes under way', async (_kind, begin) => {
    const ref = fresh()
    simulator.faults.holdTasks()
    const begun = unwrap(await begin(ref))
    simulator.faults.removeVm(ref.locator ?? '')
    simulator.faults.holdTasks(false)
    expect(await begun.wait()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('says NOT_FOUND where the VM vanishes between the look and the write, and sends nothing else', async () => {
    const ref = fresh()
    const ended = await between(
      0,
      async () => unwrap(await port.facet('snapshots')).create({ ref, name: 'late' }),
      () => simulator.faults.removeVm(ref.locator ?? ''),
    )
    expect(ended).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('says NOT_FOUND where the snapshot is removed while the VM is about to go back to it', async () => {
    const ref = fresh()
    const snapshots = unwrap(await port.facet('snapshots'))
    const { id } = unwrap(await unwrap(await snapshots.create({ ref, name: 'short-lived' })).wait())
    const before = simulator.calls('RevertToSnapshot_Task')
    const ended = await between(
      2,
      async () => snapshots.revert({ ref, snapshot: id }),
      () => other.run(reference('VirtualMachineSnapshot', id), 'RemoveSnapshot_Task', { removeChildren: false }),
    )
    expect(ended).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(simulator.calls('RevertToSnapshot_Task')).toBe(before + 1)
    expect(unwrap(await port.getVm(ref)).powerState).toBe('stopped')
  })

  it('keeps what somebody else wrote between our look and our write', async () => {
    const ref = fresh()
    const { cpus } = unwrap(await port.getVm(ref))
    const before = simulator.calls('ReconfigVM_Task')
    const ended = await between(
      1,
      async () => unwrap(await port.facet('reconfigure')).apply({ ref, description: 'ours' }),
      () => other.run(nativeOfRef(ref), 'ReconfigVM_Task', { spec: { numCPUs: cpus + 2 } }),
    )
    expect(ended).toMatchObject({ ok: true, value: { description: 'ours', cpus: cpus + 2 } })
    // Theirs, ours with the old version, and ours again.
    expect(simulator.calls('ReconfigVM_Task')).toBe(before + 3)
    const conflict = simulator.tasks().filter(({ method, state }) => method === 'ReconfigVM_Task' && state === 'error')
    expect(conflict.length).toBeGreaterThan(0)
  })

  it('tells its own disk where somebody else adds another one between our look and our write', async () => {
    const ref = fresh()
    const theirs = await connectPort({ ...simulator, ...simulator.credentials })
    const { disks } = unwrap(await port.getVm(ref))
    const attach = async (of: Port, sizeBytes: number) =>
      unwrap(await of.facet('disks')).attach({ ref, disk: { sizeBytes } })
    const disk = await between(
      2,
      () => attach(port, gib(2)),
      async () => unwrap(await unwrap(await attach(theirs, gib(3))).wait()),
    )
    expect(disk).toMatchObject({ ok: true, value: { capacityBytes: gib(2) } })
    await theirs.close()
    expect(unwrap(await port.getVm(ref)).disks).toHaveLength(disks.length + 2)
  })

  it.each([false, true])(
    'adds processors and memory to a running VM where its flags allow it (%s)',
    async (allowed) => {
      const ref = fresh()
      const spec = { cpuHotAddEnabled: allowed, memoryHotAddEnabled: allowed }
      await other.run(nativeOfRef(ref), 'ReconfigVM_Task', { spec })
      unwrap(await unwrap(await port.startVm(ref)).wait())
      const { cpus, memoryBytes } = unwrap(await port.getVm(ref))
      const reconfigure = unwrap(await port.facet('reconfigure'))
      const more = { ref, cpus: cpus + 1, memoryBytes: memoryBytes + mib(1_024) }
      const before = simulator.calls('ReconfigVM_Task')
      expect(unwrap(await reconfigure.preview(more)).needsPowerOff).toEqual(allowed ? [] : ['cpus', 'memoryBytes'])
      const begun = await reconfigure.apply(more)
      const ended = begun.ok ? await begun.value.wait() : begun
      if (!allowed) {
        expect(ended).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION', outcome: 'not-started' } })
        expect(simulator.calls('ReconfigVM_Task')).toBe(before)
        return
      }
      expect(ended).toMatchObject({ ok: true, value: { cpus: cpus + 1, memoryBytes: memoryBytes + mib(1_024) } })
      // A running VM only grows.
      expect(unwrap(await reconfigure.preview({ ref, cpus, memoryBytes })).needsPowerOff).toEqual([
        'cpus',
        'memoryBytes',
      ])
      expect(await reconfigure.apply({ ref, cpus })).toMatchObject({
        ok: false,
        error: { code: 'FAILED_PRECONDITION' },
      })
    },
  )
})
