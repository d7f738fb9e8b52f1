import { afterEach, describe, expect, it } from 'vitest'
import { snapshotTree } from '../model/facets/snapshots.js'
import type { VmRef } from '../model/references.js'
import type { OperationHandle } from '../operations/handle.js'
import type { HypervisorPort } from '../port.js'
import { createRegistry } from '../registry/create-registry.js'
import { unwrap } from '../result.js'
import { errorOf } from '../testing/connect-fake.js'
import { gib } from '../units.js'
import { createMemoryPlatform } from './platform/platform.js'
import { type MemoryPlugin, remoteMemory } from './plugin.js'
import { serveMemory } from './serve.js'
import { failure, finish, openLab } from './testing/lab.js'

const ports: HypervisorPort[] = []
afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
})

async function lab() {
  const opened = await openLab()
  ports.push(opened.port)
  return opened
}

const run = async (port: HypervisorPort<MemoryPlugin>, ref: VmRef) => finish(port.startVm(ref))

describe('snapshots', () => {
  it('tell duplicate names apart by id, form a tree, and spare children', async () => {
    const { port, ref } = await lab()
    const snapshots = unwrap(await port.facet('snapshots'))
    const first = await finish(snapshots.create({ ref, name: 'same' }))
    const second = await finish(snapshots.create({ ref, name: 'same', description: 'later' }))
    const third = await finish(snapshots.create({ ref, name: 'top' }))
    expect(new Set([first.id, second.id, third.id]).size).toBe(3)
    const list = unwrap(await snapshots.list({ ref }))
    expect(list.current).toBe(third.id)
    expect(snapshotTree(list)[0]?.children[0]).toMatchObject({ id: second.id, description: 'later' })
    expect(await finish(snapshots.delete({ ref, snapshot: second.id }))).toEqual({ removed: [second.id], left: [] })
    expect(unwrap(await snapshots.list({ ref })).snapshots).toMatchObject([
      { id: first.id },
      { id: third.id, parent: first.id },
    ])
    const all = await finish(snapshots.delete({ ref, snapshot: first.id, children: true }))
    expect(all.removed).toEqual([first.id, third.id])
    expect(unwrap(await snapshots.list({ ref }))).toEqual({ snapshots: [] })
    expect((await finish(snapshots.delete({ ref, snapshot: first.id }))).removed).toEqual([])
  })

  it('go back to what the VM was, running only with memory', async () => {
    const { port, ref, control } = await lab()
    const snapshots = unwrap(await port.facet('snapshots'))
    const disks = unwrap(await port.facet('disks'))
    const cold = await finish(snapshots.create({ ref, name: 'cold' }))
    await finish(disks.grow({ ref, key: 'disk0', sizeBytes: gib(20) }))
    const added = await finish(disks.attach({ ref, disk: { sizeBytes: gib(1) } }))
    await run(port, ref)
    const warm = await finish(snapshots.create({ ref, name: 'warm', memory: true }))
    expect(await finish(snapshots.revert({ ref, snapshot: cold.id }))).toMatchObject({
      powerState: 'stopped',
      disks: [{ key: 'disk0', capacityBytes: gib(8) }],
    })
    // A disk that came later is unplugged, not destroyed.
    expect(control.volumes().find(({ id }) => id === added.path)).toMatchObject({ sizeBytes: gib(1) })
    expect(await finish(snapshots.revert({ ref, snapshot: warm.id }))).toMatchObject({ powerState: 'running' })
    expect((await failure(snapshots.revert({ ref, snapshot: 'none' }))).code).toBe('NOT_FOUND')
  })

  it('are made once, though the answer is lost and another process goes on', async () => {
    const { port, ref, control } = await lab()
    const snapshots = unwrap(await port.facet('snapshots'))
    control.loseReply('snapshot.take')
    const handles: OperationHandle[] = []
    await snapshots.create({ ref, name: 'once' }, { onCheckpoint: (handle) => void handles.push(handle) })
    const stored: OperationHandle<'snapshots.create'> = JSON.parse(JSON.stringify(handles[0]))
    expect(stored.cursor.stage).toBe('intent')
    expect(await finish(port.resumeOperation(stored))).toMatchObject({ name: 'once' })
    expect(unwrap(await snapshots.list({ ref })).snapshots).toHaveLength(1)
  })

  it('tell why the platform failed', async () => {
    const { port, ref, control } = await lab()
    const snapshots = unwrap(await port.facet('snapshots'))
    control.failTask('snapshot.take', 'the store lost its mind')
    expect((await failure(snapshots.create({ ref, name: 'x' }))).message).toContain('the store lost its mind')
    expect((await failure(snapshots.create({ ref, name: 'x', memory: true }))).code).toBe('FAILED_PRECONDITION')
    control.lock(ref.id, 'backup')
    expect(await failure(snapshots.create({ ref, name: 'x' }))).toMatchObject({
      code: 'CONFLICT',
      details: { lock: 'backup' },
    })
  })
})

describe('hardware', () => {
  it('changes processors and memory of a stopped VM, and says before what needs it to be stopped', async () => {
    const { port, ref } = await lab()
    const reconfigure = unwrap(await port.facet('reconfigure'))
    const changes = { ref, cpus: 4, memoryBytes: gib(6), name: 'web-2', description: 'hello' }
    expect(await finish(reconfigure.apply(changes))).toMatchObject({
      cpus: 4,
      memoryBytes: gib(6),
      name: 'web-2',
      description: 'hello',
    })
    await run(port, ref)
    expect(unwrap(await reconfigure.preview({ ref, cpus: 8, memoryBytes: gib(6) }))).toEqual({
      needsPowerOff: ['cpus'],
    })
    expect(await failure(reconfigure.apply({ ref, cpus: 8 }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
      outcome: 'not-started',
      details: { reason: 'needs-power-off' },
    })
    expect(await finish(reconfigure.apply({ ref, name: 'web-3' }))).toMatchObject({ name: 'web-3', cpus: 4 })
    expect((await failure(reconfigure.apply({ ref, cpus: 65 }))).code).toBe('INVALID_ARGUMENT')
    expect((await failure(reconfigure.apply({ ref, memoryBytes: gib(1) + 1 }))).message).toContain('multiple')
    expect((await failure(reconfigure.apply({ ref }))).message).toContain('names nothing to change')
  })

  it('grows disks, refuses to shrink them, and keeps what is detached', async () => {
    const { port, ref, control } = await lab()
    const disks = unwrap(await port.facet('disks'))
    expect(await finish(disks.grow({ ref, key: 'disk0', sizeBytes: gib(9) }))).toMatchObject({ capacityBytes: gib(9) })
    control.clearLog()
    expect(await failure(disks.grow({ ref, key: 'disk0', sizeBytes: gib(8) }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { problems: [{ path: 'sizeBytes' }] },
    })
    expect(control.count({ call: 'disk.grow' })).toBe(0)
    const added = await finish(disks.attach({ ref, disk: { sizeBytes: gib(2), datastore: { name: 'bulk' } } }))
    expect(added).toMatchObject({ key: 'disk1', datastore: 'store-2' })
    const kept = await finish(disks.detach({ ref, key: 'disk1' }))
    expect(kept).toEqual({ removed: [], left: [added.path] })
    expect(await finish(disks.attach({ ref, disk: { path: String(added.path) } }))).toMatchObject({ path: added.path })
    await finish(disks.detach({ ref, key: 'disk1', delete: true }))
    expect(control.volumes().some(({ id }) => id === added.path)).toBe(false)
    expect(await finish(disks.detach({ ref, key: 'disk1' }))).toEqual({ removed: [], left: [] })
    expect((await failure(disks.attach({ ref, disk: { sizeBytes: gib(1), datastore: { name: 'no' } } }))).code).toBe(
      'NOT_FOUND',
    )
  })

  it('adds, changes and removes network cards, and keeps their addresses', async () => {
    const { port, ref } = await lab()
    const nics = unwrap(await port.facet('nics'))
    const added = await finish(nics.add({ ref, nic: { network: { name: 'dmz' }, vlanId: 7 } }))
    expect(added).toMatchObject({ key: 'nic1', network: 'net-2', vlanId: 7, connected: true })
    const changed = await finish(
      nics.change({ ref, key: 'nic1', network: { name: 'lan' }, vlanId: 0, connected: false }),
    )
    expect(changed).toEqual({ key: 'nic1', macAddress: added.macAddress, network: 'net-1', connected: false })
    expect(await finish(nics.remove({ ref, key: 'nic1' }))).toEqual({ removed: ['nic1'], left: [] })
    expect((await failure(nics.change({ ref, key: 'nic1', connected: true }))).code).toBe('NOT_FOUND')
  })
})

describe('states', () => {
  it('suspends to disk and to memory, and starts again', async () => {
    const { port, ref, control } = await lab()
    const { suspend } = unwrap(await port.facet('suspend'))
    expect((await failure(suspend({ ref, to: 'disk' }))).code).toBe('FAILED_PRECONDITION')
    await run(port, ref)
    expect(await finish(suspend({ ref, to: 'memory' }))).toMatchObject({ powerState: 'paused' })
    expect(await finish(suspend({ ref, to: 'disk' }))).toMatchObject({ powerState: 'suspended' })
    control.clearLog()
    await finish(suspend({ ref, to: 'disk' }))
    expect(control.count({ call: 'vm.hibernate' })).toBe(0)
    expect(await run(port, ref)).toMatchObject({ powerState: 'running' })
  })

  it('moves a running VM, whose ref stays good', async () => {
    const { port, ref } = await lab()
    const { migrate } = unwrap(await port.facet('migrate'))
    const before = await run(port, ref)
    const moved = await finish(migrate({ ref: before.ref, host: { name: 'beta' }, datastore: { name: 'bulk' } }))
    expect(moved).toMatchObject({ host: 'host-2', powerState: 'running', disks: [{ datastore: 'store-2' }] })
    expect(unwrap(await port.getVm(before.ref))).toMatchObject({ name: 'web-1', host: 'host-2' })
    expect((await failure(migrate({ ref, host: { name: 'nowhere' } }))).code).toBe('NOT_FOUND')
  })

  it('sets exactly these tags', async () => {
    const { port, ref } = await lab()
    const tags = unwrap(await port.facet('tags'))
    expect(await finish(tags.set({ ref, tags: ['web', 'blue', 'web'] }))).toMatchObject({ tags: ['web', 'blue'] })
    expect(unwrap(await tags.list()).items).toEqual([{ tag: 'blue' }, { tag: 'web' }])
    expect((await failure(tags.set({ ref, tags: ['No Good'] }))).code).toBe('INVALID_ARGUMENT')
  })
})

describe('events', () => {
  it('go on from a cursor without a gap, also in another port', async () => {
    const { port, ref, control, id } = await lab()
    const events = unwrap(await port.facet('events'))
    const start = unwrap(await events.next())
    expect(start.events).toEqual([])
    const made = control.addVm({ name: 'new' })
    await run(port, ref)
    control.removeVm(made.id)
    const seen = unwrap(await events.next({ cursor: start.cursor }))
    expect(seen.events).toMatchObject([{ type: 'vm-changed', ref: { endpoint: 'lab', id } }])
    control.replaceVm(id)
    const later = unwrap(await events.next({ cursor: seen.cursor }))
    expect(later.events.map(({ type }) => type)).toEqual(['vm-removed', 'vm-created'])
    // The same cursor again gives the same changes again: who lost them asks again.
    const again = unwrap(await events.next({ cursor: start.cursor }))
    expect(again.events).toEqual([...seen.events, ...later.events])
  })

  it('signal a gap instead of hiding it', async () => {
    const { port, control } = await lab()
    const events = unwrap(await port.facet('events'))
    const { cursor } = unwrap(await events.next())
    control.dropEvents()
    const reset = unwrap(await events.next({ cursor }))
    expect(reset.events).toMatchObject([{ type: 'reset' }])
    expect(unwrap(await events.next({ cursor: reset.cursor })).events).toEqual([])
    expect(unwrap(await events.next({ cursor: 'of-somebody-else:3' })).events).toMatchObject([{ type: 'reset' }])
  })
})

describe('the console', () => {
  it('gives a ticket that expires and prints nothing', async () => {
    const { port, ref, control } = await lab()
    const { open } = unwrap(await port.facet('console'))
    expect(errorOf(await open({ ref, kind: 'screen' })).code).toBe('FAILED_PRECONDITION')
    await run(port, ref)
    const ticket = unwrap(await open({ ref, kind: 'screen' }))
    expect(Date.parse(ticket.expiresAt)).toBeGreaterThan(control.now())
    expect(JSON.stringify(ticket)).not.toContain(ticket.secret.reveal())
    expect(unwrap(await open({ ref, kind: 'serial' })).secret.equals(ticket.secret)).toBe(false)
  })
})

describe('a served platform', () => {
  it('has the same facets', async () => {
    const served = await serveMemory(createMemoryPlatform())
    try {
      const { url, token } = served
      const port = unwrap(
        await createRegistry([remoteMemory]).connect({
          type: 'memory',
          endpoint: 'far',
          url,
          token: { secretValue: token },
        }),
      )
      ports.push(port)
      const vm = await finish(
        port.createVm({ name: 'a', source: { from: 'template', template: { name: 'debian-13' } } }),
      )
      const snapshots = unwrap(await port.facet('snapshots'))
      const made = await finish(snapshots.create({ ref: vm.ref, name: 'far away' }))
      expect(unwrap(await snapshots.list({ ref: vm.ref }))).toEqual({ snapshots: [made], current: made.id })
      const { clone } = unwrap(await port.facet('clone'))
      const copy = await finish(clone({ ref: vm.ref, name: 'b' }))
      const { ref } = await finish(port.startVm(copy.ref))
      const guest = unwrap(await port.facet('guest'))
      const dataBase64 = Buffer.alloc(1_048_576, 7).toString('base64')
      unwrap(await guest.writeFile({ ref, path: '/large', dataBase64 }))
      expect(unwrap(await guest.readFile({ ref, path: '/large' }))).toEqual({ dataBase64, truncated: false })
      expect((await finish(guest.exec({ ref, command: ['hostname'] }))).stdout).toBe('b\n')
    } finally {
      await served.close()
    }
  })
})
