import {
  type DeleteOptions,
  gib,
  type HypervisorPort,
  type Operation,
  type OperationHandle,
  type Result,
  unwrap,
  type VmInfo,
} from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort } from './connect-port.js'

const keep = { disks: 'keep' } as const

describe('a VM that is deleted without its disks', () => {
  let simulator: VsphereSimulator
  let port: HypervisorPort<typeof vsphere>
  let made = 0

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100 })
    port = await connectPort({ ...simulator, ...simulator.credentials })
  })
  afterAll(async () => {
    await port?.close()
    await simulator?.close()
  })

  const end = async <K extends 'createVm' | 'deleteVm'>(begun: Promise<Result<Operation<K>>>) => {
    const operation = await begun
    return operation.ok ? operation.value.wait() : operation
  }

  /** A stopped VM with two disks, and their paths. */
  async function machine(powerOn = false): Promise<{ vm: VmInfo; files: string[] }> {
    const source = { from: 'template', template: { name: 'debian-13-cloud' } } as const
    const disks = [{ sizeBytes: gib(64) }, { sizeBytes: gib(1) }]
    const vm = unwrap(await end(port.createVm({ name: `kept-${++made}`, source, disks, powerOn })))
    const files = vm.disks.map(({ path = '' }) => path)
    expect(files).toHaveLength(2)
    return { vm, files }
  }

  function expectKept(vm: VmInfo, files: readonly string[]): void {
    expect(simulator.vms().some(({ instanceUuid }) => instanceUuid === vm.ref.id)).toBe(false)
    expect(simulator.keptDisks()).toEqual(expect.arrayContaining([...files]))
  }

  it('leaves the files, tells them, and they can be put into another VM', async () => {
    const { vm, files } = await machine()
    expect(unwrap(await end(port.deleteVm(vm.ref, keep)))).toEqual({ removed: [vm.ref.id], left: files })
    expectKept(vm, files)
    expect(unwrap(await end(port.deleteVm(vm.ref, keep)))).toEqual({ removed: [], left: [] })
    const other = await machine()
    const disks = unwrap(await port.facet('disks'))
    const attached = await disks.attach({ ref: other.vm.ref, disk: { path: files[0] ?? '' } })
    expect(unwrap(await unwrap(attached).wait()).capacityBytes).toBe(gib(64))
  })

  it('is stopped first, where force is given', async () => {
    const { vm, files } = await machine(true)
    expect(await end(port.deleteVm(vm.ref, keep))).toMatchObject({ error: { code: 'FAILED_PRECONDITION' } })
    const options: DeleteOptions = { ...keep, force: true }
    expect(unwrap(await end(port.deleteVm(vm.ref, options))).left).toEqual(files)
    expectKept(vm, files)
  })

  it.each(['ReconfigVM_Task', 'Destroy_Task'])('keeps them when the answer of %s is lost', async (method) => {
    const { vm, files } = await machine()
    simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: { type: 'drop-after' } })
    expect(unwrap(await end(port.deleteVm(vm.ref, keep))).left).toEqual(files)
    expectKept(vm, files)
  })

  it('keeps them whichever checkpoint a crashed run left, and however far it had come', async () => {
    const { vm, files } = await machine()
    const stored: OperationHandle<'deleteVm'>[] = []
    const onCheckpoint = async (handle: OperationHandle) => {
      stored.push(structuredClone(handle) as OperationHandle<'deleteVm'>) // of this operation
    }
    unwrap(await end(port.deleteVm(vm.ref, { ...keep, onCheckpoint })))
    expect(stored.length).toBeGreaterThan(3)
    for (let count = 1; count <= stored.length; count++) {
      const next = await machine()
      const handles: OperationHandle<'deleteVm'>[] = []
      const crash = new AbortController()
      const crashing = async (handle: OperationHandle) => {
        handles.push(structuredClone(handle) as OperationHandle<'deleteVm'>) // of this operation
        if (handles.length === count) crash.abort()
        // The process is gone: what it stored last is all there is.
        if (handles.length >= count) throw new Error('the process died')
      }
      const run = await port.deleteVm(next.vm.ref, { ...keep, onCheckpoint: crashing, signal: crash.signal })
      if (run.ok) await run.value.wait()
      const handle = handles[count - 1]
      if (handle === undefined) break
      const ended = await unwrap(await port.resumeOperation(handle)).wait()
      expect(unwrap(ended), `after checkpoint ${count}`).toEqual({ removed: [next.vm.ref.id], left: next.files })
      expectKept(next.vm, next.files)
    }
    expectKept(vm, files)
  })

  it('keeps a disk too that somebody puts in between its two steps', async () => {
    const { vm, files } = await machine()
    const [giver] = [await machine()]
    unwrap(await end(port.deleteVm(giver.vm.ref, keep)))
    const late = giver.files[1] ?? ''
    const disks = unwrap(await port.facet('disks'))
    let attached = false
    const onCheckpoint = async ({ cursor }: OperationHandle) => {
      if (cursor.step !== 'destroy' || attached) return
      attached = true
      unwrap(await unwrap(await disks.attach({ ref: vm.ref, disk: { path: late } })).wait())
    }
    const report = unwrap(await end(port.deleteVm(vm.ref, { ...keep, onCheckpoint })))
    expect(attached).toBe(true)
    expect([...report.left].sort()).toEqual([...files, late].sort())
    expectKept(vm, report.left)
  })

  it('fails rather than claim disks that went with a VM which another removed', async () => {
    const { vm } = await machine()
    let removed = false
    const onCheckpoint = async ({ cursor }: OperationHandle) => {
      if (cursor.step !== 'detach' || removed) return
      removed = true
      simulator.faults.removeVm(vm.ref.locator ?? '')
    }
    const ended = await end(port.deleteVm(vm.ref, { ...keep, onCheckpoint }))
    expect(removed).toBe(true)
    expect(ended).toMatchObject({ error: { code: 'FAILED_PRECONDITION', details: { reason: 'removed-meanwhile' } } })
  })

  it('refuses a VM with snapshots, whose files would go with it', async () => {
    const { vm } = await machine()
    const snapshots = unwrap(await port.facet('snapshots'))
    unwrap(await unwrap(await snapshots.create({ ref: vm.ref, name: 'base' })).wait())
    const before = simulator.calls('ReconfigVM_Task')
    expect(await end(port.deleteVm(vm.ref, keep))).toMatchObject({
      error: { code: 'FAILED_PRECONDITION', details: { reason: 'snapshots' } },
    })
    expect(simulator.calls('ReconfigVM_Task')).toBe(before)
    expect(unwrap(await port.getVm(vm.ref)).disks).toHaveLength(2)
  })
})
