import { gib, type HypervisorPort, mib, type Result, snapshotTree, unwrap } from '@dcm/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { closeAll } from '../close-all.js'
import { connectPort, firstVm } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>

const open: { close(): Promise<void> }[] = []
afterEach(() => closeAll(open))

async function setUp(product: 'vcenter' | 'esxi' = 'vcenter') {
  const simulator = await startVsphereSimulator({ speed: 100, product })
  open.push(simulator)
  const port: Port = await connectPort({ ...simulator, ...simulator.credentials })
  open.push(port)
  return { simulator, port, ref: await firstVm(port) }
}

/** The call is carried out, and its answer never arrives. */
function loseAnswer(simulator: VsphereSimulator, method: string): void {
  simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: { type: 'drop-after' } })
}

/** The error's code, whether the operation was refused or failed; undefined after success. */
async function codeOf(started: Promise<Result<{ wait(): Promise<Result<unknown>> }>>): Promise<string | undefined> {
  const operation = await started
  const ended = operation.ok ? await operation.value.wait() : operation
  return ended.ok ? undefined : ended.error.code
}

describe('the facet snapshots', () => {
  it('makes a tree, goes back, and removes one or a branch', async () => {
    const { port, ref } = await setUp()
    const snapshots = unwrap(await port.facet('snapshots'))
    const make = async (name: string, memory = false) =>
      unwrap(await unwrap(await snapshots.create({ ref, name, description: 'why', memory })).wait())
    const root = await make('root')
    const left = await make('same name', true)
    unwrap(await unwrap(await snapshots.revert({ ref, snapshot: root.id })).wait())
    const right = await make('same name')
    expect(left).toMatchObject({ parent: root.id, memory: true, description: 'why' })
    expect(right).toMatchObject({ parent: root.id, memory: false })
    const listed = unwrap(await snapshots.list({ ref }))
    expect(listed.current).toBe(right.id)
    expect(snapshotTree(listed)).toMatchObject([{ id: root.id, children: [{ id: left.id }, { id: right.id }] }])
    const one = unwrap(await unwrap(await snapshots.delete({ ref, snapshot: left.id })).wait())
    expect(one).toEqual({ removed: [left.id], left: [] })
    const gone = unwrap(await unwrap(await snapshots.delete({ ref, snapshot: left.id })).wait())
    expect(gone).toEqual({ removed: [], left: [] })
    const all = unwrap(await unwrap(await snapshots.delete({ ref, snapshot: root.id, children: true })).wait())
    expect(all.removed).toEqual([root.id, right.id])
    expect(unwrap(await snapshots.list({ ref }))).toEqual({ snapshots: [] })
  })

  it('goes on running after a revert only where memory was saved', async () => {
    const { port, ref } = await setUp()
    const snapshots = unwrap(await port.facet('snapshots'))
    for (const memory of [true, false]) {
      unwrap(await unwrap(await port.startVm(ref)).wait())
      const made = unwrap(await unwrap(await snapshots.create({ ref, name: 'state', memory })).wait())
      const after = unwrap(await unwrap(await snapshots.revert({ ref, snapshot: made.id })).wait())
      expect(after.powerState).toBe(memory ? 'running' : 'stopped')
    }
  })

  it('makes one, though the answer was lost', async () => {
    const { port, ref, simulator } = await setUp()
    const snapshots = unwrap(await port.facet('snapshots'))
    loseAnswer(simulator, 'CreateSnapshot_Task')
    const made = unwrap(await unwrap(await snapshots.create({ ref, name: 'once' })).wait())
    expect(unwrap(await snapshots.list({ ref })).snapshots).toEqual([made])
    loseAnswer(simulator, 'RemoveSnapshot_Task')
    const report = unwrap(await unwrap(await snapshots.delete({ ref, snapshot: made.id })).wait())
    expect(report.removed).toEqual([made.id])
    expect(unwrap(await snapshots.list({ ref })).snapshots).toEqual([])
  })

  it('reverts once, though the answer was lost', async () => {
    const { port, ref, simulator } = await setUp()
    const snapshots = unwrap(await port.facet('snapshots'))
    const made = unwrap(await unwrap(await snapshots.create({ ref, name: 'here' })).wait())
    loseAnswer(simulator, 'RevertToSnapshot_Task')
    unwrap(await unwrap(await snapshots.revert({ ref, snapshot: made.id })).wait())
    expect(simulator.calls('RevertToSnapshot_Task')).toBe(1)
  })

  it('refuses before it writes, and names what is missing', async () => {
    const { port, ref, simulator } = await setUp()
    const snapshots = unwrap(await port.facet('snapshots'))
    unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
    expect(await codeOf(snapshots.create({ ref, name: 'x', memory: true }))).toBe('FAILED_PRECONDITION')
    expect(await codeOf(snapshots.create({ ref, name: 'x', quiesce: true }))).toBe('FAILED_PRECONDITION')
    expect(await codeOf(snapshots.revert({ ref, snapshot: 'snapshot-999' }))).toBe('NOT_FOUND')
    expect(simulator.calls('CreateSnapshot_Task')).toBe(0)
    simulator.faults.failNextTask({ method: 'CreateSnapshot_Task', fault: 'SnapshotFault' })
    expect(await codeOf(snapshots.create({ ref, name: 'x' }))).toBe('FAILED_PRECONDITION')
    expect(unwrap(await snapshots.list({ ref })).snapshots).toEqual([])
  })
})

describe('the facets suspend and reset', () => {
  it('saves the memory on disk, once, and resumes by a start', async () => {
    const { port, ref, simulator } = await setUp()
    unwrap(await unwrap(await port.startVm(ref)).wait())
    const suspend = unwrap(await port.facet('suspend'))
    loseAnswer(simulator, 'SuspendVM_Task')
    const asleep = unwrap(await unwrap(await suspend.suspend({ ref, to: 'disk' })).wait())
    expect(asleep.powerState).toBe('suspended')
    unwrap(await unwrap(await suspend.suspend({ ref, to: 'disk' })).wait())
    expect(simulator.calls('SuspendVM_Task')).toBe(1)
    expect(await codeOf(suspend.suspend({ ref, to: 'memory' }))).toBe('UNSUPPORTED')
    expect(unwrap(await unwrap(await port.startVm(ref)).wait()).powerState).toBe('running')
  })

  it('resets a running VM once, though the answer was lost, and no other', async () => {
    const { port, ref, simulator } = await setUp()
    unwrap(await unwrap(await port.startVm(ref)).wait())
    const reset = unwrap(await port.facet('reset'))
    loseAnswer(simulator, 'ResetVM_Task')
    expect(unwrap(await unwrap(await reset.reset({ ref })).wait()).powerState).toBe('running')
    expect(simulator.calls('ResetVM_Task')).toBe(1)
    unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
    expect(await codeOf(reset.reset({ ref }))).toBe('FAILED_PRECONDITION')
  })
})

describe('the facets reconfigure, disks and nics', () => {
  it('previews by the hot-add flags, and refuses what needs a stop before it writes', async () => {
    const { port, ref, simulator } = await setUp()
    unwrap(await unwrap(await port.startVm(ref)).wait())
    const { cpus, memoryBytes } = unwrap(await port.getVm(ref))
    const reconfigure = unwrap(await port.facet('reconfigure'))
    const preview = unwrap(await reconfigure.preview({ ref, cpus: cpus + 1, memoryBytes: memoryBytes + mib(4) }))
    const before = simulator.calls('ReconfigVM_Task')
    if (preview.needsPowerOff.length > 0) {
      expect(await codeOf(reconfigure.apply({ ref, cpus: cpus + 1, memoryBytes: memoryBytes + mib(4) }))).toBe(
        'FAILED_PRECONDITION',
      )
      expect(simulator.calls('ReconfigVM_Task')).toBe(before)
    }
    unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
    const changes = { ref, name: 'new/name', description: 'why', cpus: cpus + 1, memoryBytes: memoryBytes + mib(4) }
    loseAnswer(simulator, 'ReconfigVM_Task')
    const changed = unwrap(await unwrap(await reconfigure.apply(changes)).wait())
    const { ref: _ref, ...wanted } = changes
    expect(changed).toMatchObject(wanted)
    const writes = simulator.calls('ReconfigVM_Task')
    unwrap(await unwrap(await reconfigure.apply(changes)).wait())
    expect(simulator.calls('ReconfigVM_Task')).toBe(writes)
  })

  it('looks again when somebody changed the VM between look and write', async () => {
    const { port, ref, simulator } = await setUp()
    const reconfigure = unwrap(await port.facet('reconfigure'))
    simulator.faults.failNextTask({ method: 'ReconfigVM_Task', fault: 'ConcurrentAccess' })
    const changed = unwrap(await unwrap(await reconfigure.apply({ ref, description: 'mine' })).wait())
    expect(changed.description).toBe('mine')
    expect(simulator.calls('ReconfigVM_Task')).toBe(2)
  })

  it('adds a disk once though the answer was lost, grows it, and takes it out and in again', async () => {
    const { port, ref, simulator } = await setUp()
    const disks = unwrap(await port.facet('disks'))
    const had = unwrap(await port.getVm(ref)).disks.length
    loseAnswer(simulator, 'ReconfigVM_Task')
    const disk = unwrap(await unwrap(await disks.attach({ ref, disk: { sizeBytes: gib(3) } })).wait())
    expect(disk.capacityBytes).toBe(gib(3))
    expect(unwrap(await port.getVm(ref)).disks).toHaveLength(had + 1)
    const grown = unwrap(await unwrap(await disks.grow({ ref, key: disk.key, sizeBytes: gib(4) })).wait())
    expect(grown).toEqual({ ...disk, capacityBytes: gib(4) })
    expect(await codeOf(disks.grow({ ref, key: disk.key, sizeBytes: gib(3) }))).toBe('INVALID_ARGUMENT')
    const out = unwrap(await unwrap(await disks.detach({ ref, key: disk.key })).wait())
    expect(out).toEqual({ removed: [], left: [disk.path] })
    const again = unwrap(await unwrap(await disks.attach({ ref, disk: { path: disk.path ?? '' } })).wait())
    expect(again).toMatchObject({ path: disk.path, capacityBytes: gib(4) })
    const gone = unwrap(await unwrap(await disks.detach({ ref, key: again.key, delete: true })).wait())
    expect(gone).toEqual({ removed: [disk.path], left: [] })
    expect(await codeOf(disks.attach({ ref, disk: { path: disk.path ?? '' } }))).toBeDefined()
    expect(unwrap(await unwrap(await disks.detach({ ref, key: again.key })).wait())).toEqual({ removed: [], left: [] })
  })

  it('does not grow a disk of a VM with snapshots', async () => {
    const { port, ref } = await setUp()
    const disk = unwrap(await port.getVm(ref)).disks[0]
    unwrap(await unwrap(await unwrap(await port.facet('snapshots')).create({ ref, name: 'x' })).wait())
    const disks = unwrap(await port.facet('disks'))
    const sizeBytes = (disk?.capacityBytes ?? 0) + gib(1)
    expect(await codeOf(disks.grow({ ref, key: disk?.key ?? '', sizeBytes }))).toBe('FAILED_PRECONDITION')
  })

  it('adds, re-plugs and removes a card', async () => {
    const { port, ref, simulator } = await setUp()
    const { networks } = unwrap(await port.listResources())
    const nics = unwrap(await port.facet('nics'))
    const [first, second] = networks
    const macAddress = '00:50:56:01:02:03'
    loseAnswer(simulator, 'ReconfigVM_Task')
    const nic = unwrap(
      await unwrap(await nics.add({ ref, nic: { network: { id: first?.id ?? '' }, macAddress } })).wait(),
    )
    expect(nic).toMatchObject({ macAddress, network: first?.id })
    const other = { id: second?.id ?? '' }
    const changed = unwrap(
      await unwrap(await nics.change({ ref, key: nic.key, network: other, connected: false })).wait(),
    )
    expect(changed).toEqual({ ...nic, network: second?.id, connected: false })
    expect(await codeOf(nics.change({ ref, key: nic.key, vlanId: 7 }))).toBe('UNSUPPORTED')
    expect(unwrap(await unwrap(await nics.remove({ ref, key: nic.key })).wait()).removed).toEqual([nic.key])
    expect(unwrap(await unwrap(await nics.remove({ ref, key: nic.key })).wait()).removed).toEqual([])
  })
})

describe('the facets clone and migrate', () => {
  it('clones once for a key, full and linked, though the answer was lost', async () => {
    const { port, ref, simulator } = await setUp()
    const clone = unwrap(await port.facet('clone'))
    expect(await codeOf(clone.clone({ ref, name: 'linked', mode: 'linked' }))).toBe('FAILED_PRECONDITION')
    loseAnswer(simulator, 'CloneVM_Task')
    const full = unwrap(await unwrap(await clone.clone({ ref, name: 'full' }, { idempotencyKey: 'k1' })).wait())
    expect(full).toMatchObject({ name: 'full', powerState: 'stopped' })
    const twice = unwrap(await unwrap(await clone.clone({ ref, name: 'full' }, { idempotencyKey: 'k1' })).wait())
    expect(twice.ref).toEqual(full.ref)
    expect(await codeOf(clone.clone({ ref, name: 'full' }))).toBe('ALREADY_EXISTS')
    const snapshots = unwrap(await port.facet('snapshots'))
    const made = unwrap(await unwrap(await snapshots.create({ ref, name: 'base' })).wait())
    const linked = unwrap(
      await unwrap(await clone.clone({ ref, name: 'linked', mode: 'linked', snapshot: made.id })).wait(),
    )
    expect(linked.name).toBe('linked')
    expect(await codeOf(clone.clone({ ref, name: 'no', snapshot: 'snapshot-999' }))).toBe('NOT_FOUND')
  })

  it('takes a clone back that fails', async () => {
    const { port, ref, simulator } = await setUp()
    const clone = unwrap(await port.facet('clone'))
    simulator.faults.failNextTask({ method: 'ReconfigVM_Task', fault: 'InsufficientResourcesFault' })
    expect(await codeOf(clone.clone({ ref, name: 'half' }))).toBe('RESOURCE_EXHAUSTED')
    expect(unwrap(await port.listVms()).items.map(({ name }) => name)).not.toContain('half')
  })

  it('moves a VM to another host and keeps its ref; there already is success', async () => {
    const { port, ref, simulator } = await setUp()
    const vm = unwrap(await port.getVm(ref))
    const migrate = unwrap(await port.facet('migrate'))
    const { hosts } = unwrap(await port.listResources())
    const home = hosts.find(({ id }) => id === vm.host)
    const to = hosts.find(
      ({ id, within, status }) => id !== vm.host && within[0] === home?.within[0] && status === 'up',
    )
    loseAnswer(simulator, 'RelocateVM_Task')
    const moved = unwrap(await unwrap(await migrate.migrate({ ref, host: { id: to?.id ?? '' } })).wait())
    expect(moved).toMatchObject({ host: to?.id, ref: vm.ref })
    unwrap(await unwrap(await migrate.migrate({ ref, host: { id: to?.id ?? '' } })).wait())
    expect(simulator.calls('RelocateVM_Task')).toBe(1)
    expect(await codeOf(migrate.migrate({ ref, host: { id: 'host-999' } }))).toBe('NOT_FOUND')
  })
})

describe('the facet folders', () => {
  it('makes folders once, files VMs, and removes none that holds something', async () => {
    const { port, ref, simulator } = await setUp()
    const folders = unwrap(await port.facet('folders'))
    const top = unwrap(await folders.list()).items.find(({ parent }) => parent === undefined)
    const parent = { id: top?.id ?? '' }
    loseAnswer(simulator, 'CreateFolder')
    const outer = unwrap(await unwrap(await folders.create({ name: 'a/b', parent })).wait())
    expect(outer).toMatchObject({ name: 'a/b', parent: top?.id })
    expect(await codeOf(folders.create({ name: 'a/b', parent }))).toBe('ALREADY_EXISTS')
    const inner = unwrap(await unwrap(await folders.create({ name: 'inner', parent: { name: 'a/b' } })).wait())
    expect(unwrap(await folders.list()).items).toContainEqual(inner)
    unwrap(await unwrap(await folders.move({ ref, folder: { id: inner.id } })).wait())
    expect(await codeOf(folders.delete({ folder: { id: inner.id } }))).toBe('FAILED_PRECONDITION')
    expect(await codeOf(folders.delete({ folder: { id: outer.id } }))).toBe('FAILED_PRECONDITION')
    expect(simulator.calls('UnregisterAndDestroy_Task')).toBe(0)
    loseAnswer(simulator, 'MoveIntoFolder_Task')
    unwrap(await unwrap(await folders.move({ ref, folder: parent })).wait())
    expect(simulator.calls('MoveIntoFolder_Task')).toBe(2)
    loseAnswer(simulator, 'UnregisterAndDestroy_Task')
    for (const { id } of [inner, outer]) {
      expect(unwrap(await unwrap(await folders.delete({ folder: { id } })).wait()).removed).toEqual([id])
      expect(unwrap(await unwrap(await folders.delete({ folder: { id } })).wait()).removed).toEqual([])
    }
  })

  it('lists on a bare host what it has, and says why the rest is missing', async () => {
    const { port } = await setUp('esxi')
    const { facets, missingFacets } = unwrap(await port.capabilities())
    expect(facets).toEqual(expect.arrayContaining(['snapshots', 'reconfigure', 'disks', 'nics', 'console']))
    expect(Object.keys(missingFacets)).toEqual(expect.arrayContaining(['clone', 'migrate', 'templates', 'folders']))
  })
})
