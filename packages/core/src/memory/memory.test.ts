import { afterEach, describe, expect, it } from 'vitest'
import type { VmProvisionSpec } from '../model/provision.js'
import type { OperationHandle } from '../operations/handle.js'
import type { Operation } from '../operations/operation.js'
import type { CreateVmOptions, HypervisorPort } from '../port.js'
import { createRegistry } from '../registry/create-registry.js'
import { unwrap } from '../result.js'
import { gib, mib } from '../units.js'
import { createMemoryHypervisor, type MemoryHypervisor } from './create-memory-hypervisor.js'
import type { MemoryPlugin } from './plugin.js'

const ports: HypervisorPort[] = []
afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
})

async function lab(memory: MemoryHypervisor = createMemoryHypervisor()) {
  const port = unwrap(await createRegistry([memory.plugin]).connect({ type: 'memory', endpoint: 'lab' }))
  ports.push(port)
  return { memory, port, control: memory.control }
}

const fromTemplate: VmProvisionSpec<MemoryPlugin> = {
  name: 'web-1',
  source: { from: 'template', template: { name: 'debian-13' } },
  cpus: 4,
  memoryBytes: gib(3),
}

async function done<K extends 'createVm' | 'startVm' | 'stopVm' | 'restartVm' | 'deleteVm'>(
  started: Promise<{ readonly ok: boolean } & ({ ok: true; value: Operation<K> } | { ok: false; error: unknown })>,
) {
  const result = await started
  if (!result.ok) throw result.error
  return unwrap(await result.value.wait({ timeoutMs: 20_000 }))
}

const create = (port: HypervisorPort<MemoryPlugin>, spec = fromTemplate, options?: CreateVmOptions) =>
  done(port.createVm(spec, options))

describe('creating', () => {
  it('from a template gives what was asked for', async () => {
    const { port, control } = await lab()
    const vm = await create(port, {
      ...fromTemplate,
      disks: [{ sizeBytes: gib(10) }, { sizeBytes: gib(1), datastore: { name: 'bulk' } }],
      nics: [{ network: { name: 'dmz' } }],
      tags: ['web'],
      description: 'front',
      customization: { userName: 'ada', password: { secretValue: 'hunter2' } },
      extensions: { memory: { priority: 9 } },
    })
    expect(vm).toMatchObject({ name: 'web-1', powerState: 'running', cpus: 4, memoryBytes: gib(3), tags: ['web'] })
    expect(vm.disks.map(({ capacityBytes, datastore }) => [capacityBytes, datastore])).toEqual([
      [gib(10), 'store-1'],
      [gib(1), 'store-2'],
    ])
    const [native] = control.vms()
    expect(native).toMatchObject({ priority: 9, guest: { userName: 'ada', passwordDigest: expect.any(String) } })
    expect(native?.nics).toMatchObject([{ net: 'net-2' }])
    expect(JSON.stringify(control.log())).not.toContain('hunter2')
    expect(unwrap(await port.getVm(vm.ref)).createdBy?.key).toBeDefined()
  })

  it('blank and from an image give what was asked for', async () => {
    const { port } = await lab()
    const hardware = { cpus: 1, memoryBytes: gib(1), disks: [{ sizeBytes: gib(2) }], powerOn: false }
    const blank = await create(port, { name: 'b', source: { from: 'blank', firmware: 'uefi' }, ...hardware })
    expect(blank).toMatchObject({ powerState: 'stopped', firmware: 'uefi' })
    const image = { name: 'debian-13.iso' }
    const installed = await create(port, { name: 'i', source: { from: 'image', image }, ...hardware })
    expect(installed.disks).toHaveLength(1)
  })

  it('with one key twice gives one VM without another write; another specification is refused', async () => {
    const { port, control } = await lab()
    const first = await create(port, fromTemplate, { idempotencyKey: 'k' })
    const writes = control.count({ mutation: true })
    const second = await create(port, fromTemplate, { idempotencyKey: 'k' })
    expect(second.ref).toEqual(first.ref)
    expect(control.count({ mutation: true })).toBe(writes)
    const other = await port.createVm({ ...fromTemplate, cpus: 1 }, { idempotencyKey: 'k' })
    expect(other).toMatchObject({
      ok: false,
      error: { code: 'ALREADY_EXISTS', details: { reason: 'idempotency-key' } },
    })
  })

  it('with one key by eight at once gives one VM; with eight keys eight', async () => {
    const { memory, control } = await lab()
    const runners = await Promise.all(Array.from({ length: 8 }, () => lab(memory)))
    const same = await Promise.all(runners.map(({ port }) => create(port, fromTemplate, { idempotencyKey: 'same' })))
    expect(new Set(same.map(({ ref }) => ref.id)).size).toBe(1)
    expect(control.vms()).toHaveLength(1)
    const many = await Promise.all(
      runners.map(({ port }, index) => create(port, fromTemplate, { idempotencyKey: `k${index}` })),
    )
    expect(new Set(many.map(({ ref }) => ref.id)).size).toBe(8)
    expect(control.vms()).toHaveLength(9)
  })

  it('survives an id that somebody takes just before', async () => {
    const { port, control } = await lab()
    control.inject('vm.clone', { does: 'steal-id' })
    await create(port)
    expect(
      control
        .vms()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['somebody-else', 'web-1'])
  })

  it('refuses everything that is wrong at once, without a write', async () => {
    const { port, control } = await lab()
    const result = await port.createVm({
      ...fromTemplate,
      source: { from: 'template', template: { name: 'debain-13' } },
      nics: [{ network: { name: 'nowhere' } }],
      placement: { datastore: { id: 'store-9' } },
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    if (result.ok || result.error.code !== 'NOT_FOUND') throw new Error('not refused')
    expect(result.error.details.missing.map(({ path }) => path).sort()).toEqual([
      'nics[0].network',
      'placement.datastore',
      'source.template',
    ])
    expect(control.count({ mutation: true })).toBe(0)
  })

  it('that fails late leaves nothing', async () => {
    for (const [call, text] of [
      ['vm.clone', 'disk on fire'],
      ['vm.start', 'no core left'],
    ] as const) {
      const { port, control } = await lab()
      const volumes = control.volumes().length
      control.failTask(call, text)
      const operation = unwrap(await port.createVm(fromTemplate))
      const result = await operation.wait()
      expect(result).toMatchObject({ ok: false, error: { code: 'INTERNAL', native: { text } } })
      expect(control.vms()).toEqual([])
      expect(control.volumes()).toHaveLength(volumes)
    }
  })

  it('that cannot be taken back is PARTIAL, and its clean-up removes the rest', async () => {
    const { port, control } = await lab()
    control.failTask('vm.start', 'no core left')
    control.fail('vm.remove', 'NOT_PERMITTED', { times: 20 })
    const result = await unwrap(await port.createVm(fromTemplate)).wait()
    if (result.ok || result.error.code !== 'PARTIAL') throw new Error('not partial')
    const [left] = control.vms()
    expect(result.error.details.leftovers).toMatchObject([{ kind: 'vm', id: left?.id }])
    control.clearFaults()
    const stored = JSON.parse(JSON.stringify(result.error.details.cleanUp)) as OperationHandle<'cleanUp'>
    expect(unwrap(await unwrap(await port.resumeOperation(stored)).wait())).toEqual({ removed: [left?.id], left: [] })
    expect(control.vms()).toEqual([])
  })

  it('survives each lost answer and each lost request', async () => {
    for (const lose of ['loseReply', 'loseRequest'] as const) {
      for (let after = 0; after < 5; after += 1) {
        const { port, control } = await lab()
        control[lose]('mutation', { after })
        await create(port)
        expect(control.vms()).toHaveLength(1)
        expect(control.count({ call: 'vm.clone', carriedOut: true })).toBe(1)
      }
    }
  })

  it('survives a task that the platform forgets', async () => {
    const { port, control } = await lab()
    control.vanishTask('mutation', { times: 10 })
    expect(await create(port)).toMatchObject({ powerState: 'running' })
    expect(control.count({ call: 'vm.clone' })).toBe(1)
  })

  it('is cancelled truthfully', async () => {
    const { port, control } = await lab()
    const operation = unwrap(await port.createVm(fromTemplate))
    expect(await operation.cancel()).toEqual({ ok: true, value: 'cancelled' })
    expect(control.vms()).toEqual([])
  })

  it('keeps its deadline by the endpoint’s clock', async () => {
    const { port, control } = await lab()
    control.skewClock(-86_400_000)
    expect((await create(port, fromTemplate, { deadlineMs: 600_000 })).powerState).toBe('running')
    const slow = unwrap(await port.createVm({ ...fromTemplate, name: 'slow' }, { deadlineMs: 1000 }))
    expect(await slow.wait()).toMatchObject({ ok: false, error: { code: 'TIMEOUT' } })
    expect(control.vms()).toHaveLength(1)
  })

  it('says when there is no room', async () => {
    const { port, control } = await lab()
    control.freeBytes('store-1', mib(10))
    expect(await port.createVm(fromTemplate)).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } })
  })
})

describe('power', () => {
  it('of a VM that is there already is done without a write', async () => {
    const { port, control } = await lab()
    const vm = await create(port)
    const writes = control.count({ mutation: true })
    await done(port.startVm(vm.ref))
    expect(control.count({ mutation: true })).toBe(writes)
    await done(port.stopVm(vm.ref))
    const stopped = control.count({ mutation: true })
    expect(await done(port.stopVm(vm.ref))).toMatchObject({ powerState: 'stopped' })
    expect(control.count({ mutation: true })).toBe(stopped)
  })

  it('stops in three ways', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port)
    control.guest(ref.id, { obeys: false })
    const graceful = await unwrap(await port.stopVm(ref, { graceMs: 5000 })).wait()
    expect(graceful).toMatchObject({ ok: false, error: { code: 'TIMEOUT', details: { timeoutMs: 5000 } } })
    expect(unwrap(await port.getVm(ref)).powerState).toBe('running')
    expect(await done(port.stopVm(ref, { mode: 'graceful-then-hard', graceMs: 5000 }))).toMatchObject({
      powerState: 'stopped',
    })
    await done(port.startVm(ref))
    control.guest(ref.id, { tools: 'none' })
    expect(await port.stopVm(ref)).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION' } })
    expect(await done(port.stopVm(ref, { mode: 'hard' }))).toMatchObject({ powerState: 'stopped' })
  })

  it('restarts by asking and by reset, once each, also when the answer is lost', async () => {
    for (const mode of ['graceful', 'hard'] as const) {
      const { port, control } = await lab()
      const { ref } = await create(port)
      control.loseReply('mutation')
      expect(await done(port.restartVm(ref, { mode }))).toMatchObject({ powerState: 'running' })
      expect(control.vms()[0]?.boots).toBe(2)
    }
  })

  it('start resumes paused and suspended VMs; stop of a suspended one wants leave to discard', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port)
    for (const state of ['FROZEN', 'HIBERNATED']) {
      control.changeVm(ref.id, { state })
      expect(await done(port.startVm(ref))).toMatchObject({ powerState: 'running' })
    }
    control.changeVm(ref.id, { state: 'HIBERNATED' })
    expect(await port.stopVm(ref, { mode: 'hard' })).toMatchObject({
      ok: false,
      error: { code: 'FAILED_PRECONDITION' },
    })
    expect(await done(port.stopVm(ref, { mode: 'hard', discardSavedState: true }))).toMatchObject({
      powerState: 'stopped',
    })
  })

  it('of a locked VM is a CONFLICT that names the lock', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port)
    control.lock(ref.id, 'backup')
    const conflict = { ok: false, error: { code: 'CONFLICT', retryable: true, details: { lock: 'backup' } } }
    expect(await port.stopVm(ref)).toMatchObject(conflict)
  })
})

describe('deleting', () => {
  it('removes VM and disks, and is fine with an absent one', async () => {
    const { port, control } = await lab()
    const volumes = control.volumes().length
    const { ref } = await create(port, { ...fromTemplate, powerOn: false })
    const report = await done(port.deleteVm(ref))
    expect(report.removed[0]).toBe(ref.id)
    expect(report.left).toEqual([])
    expect(control.volumes()).toHaveLength(volumes)
    expect(await done(port.deleteVm(ref))).toEqual({ removed: [], left: [] })
  })

  it('keeps disks when told to, and refuses a running VM without force', async () => {
    const { port, control } = await lab()
    const { ref, disks } = await create(port)
    expect(await port.deleteVm(ref)).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION' } })
    const report = await done(port.deleteVm(ref, { force: true, disks: 'keep' }))
    expect(report).toEqual({ removed: [ref.id], left: disks.map(({ path }) => path) })
    expect(control.volumes().map(({ id }) => id)).toEqual(expect.arrayContaining(disks.map(({ path }) => path)))
  })

  it('stops a VM again that somebody starts between its stop and its removal', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port)
    let { handle } = unwrap(await port.deleteVm(ref, { force: true }))
    const halted = () => control.vms()[0]?.state === 'HALTED'
    for (let turn = 0; turn < 50 && !halted(); turn += 1) {
      const { retryAfterMs = 0, handle: next } = unwrap(await port.advanceOperation(handle))
      handle = next
      if (!halted()) control.advance(retryAfterMs)
    }
    expect(halted()).toBe(true)
    await done(port.startVm(ref))
    const removal = unwrap(await port.resumeOperation(handle))
    expect(unwrap(await removal.wait({ timeoutMs: 20_000 })).removed).toContain(ref.id)
    expect(control.vms()).toEqual([])
  })

  it('never touches another VM that has the id by now', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port, { ...fromTemplate, powerOn: false })
    control.replaceVm(ref.id)
    expect(await port.deleteVm(ref)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } })
    expect(control.vms()).toMatchObject([{ id: ref.id, name: 'replacement' }])
  })

  it('survives lost answers and forgotten tasks', async () => {
    const { port, control } = await lab()
    const { ref } = await create(port)
    control.loseReply('vm.remove')
    control.vanishTask('vm.halt')
    await done(port.deleteVm(ref, { force: true }))
    expect(control.vms()).toEqual([])
    expect(control.count({ call: 'vm.remove' })).toBe(1)
  })
})

describe('inventory', () => {
  it('lists every kind, templates apart from VMs, with one call each', async () => {
    const { port, control } = await lab()
    const odd = ['ünï', 'a/b', '100%', `it's "quoted" & more`]
    for (const name of odd) control.addVm({ name })
    const all = unwrap(await port.listResources())
    expect(all.templates.map(({ name }) => name)).toEqual(['debian-13', 'windows-2025'])
    expect([all.hosts, all.datastores, all.networks, all.resourcePools].map(({ length }) => length)).toEqual([
      2, 2, 2, 1,
    ])
    expect(all.datacenters).toMatchObject([{ synthetic: true }])
    control.clearLog()
    expect(unwrap(await port.listVms()).items.map(({ name }) => name)).toEqual(odd)
    expect(control.log()).toHaveLength(1)
  })

  it('of a platform with a dead host is partial, with the host as its problem', async () => {
    const { port, control } = await lab()
    control.addVm({ name: 'a', host: 'host-1' })
    control.addVm({ name: 'b', host: 'host-2' })
    control.hostState('host-2', 'down')
    const page = unwrap(await port.listVms())
    expect(page).toMatchObject({ complete: false, items: [{ name: 'a' }], problems: [{ source: 'host-2' }] })
  })

  it('maps every native state, and what it does not know to unknown', async () => {
    const { port, control } = await lab()
    const { id } = control.addVm({ name: 'a' })
    for (const [state, powerState] of [
      ['FROZEN', 'paused'],
      ['HIBERNATED', 'suspended'],
      ['FAULT', 'error'],
      ['LIMBO', 'unknown'],
    ]) {
      control.changeVm(id, { state: state ?? '' })
      expect(unwrap(await port.listVms()).items[0]).toMatchObject({ powerState, rawState: state })
    }
  })
})

describe('sessions', () => {
  it('that expire are renewed once for all, and wrong passwords are tried once', async () => {
    const { port, control, memory } = await lab()
    unwrap(await port.listVms())
    control.expireSessions()
    await Promise.all(Array.from({ length: 10 }, () => port.listVms().then(unwrap)))
    expect(control.count({ call: 'session.open' })).toBe(2)
    const config = { type: 'memory', endpoint: 'x', password: { secretValue: 'wrong' } } as const
    const other = unwrap(await createRegistry([memory.plugin]).connect(config))
    ports.push(other)
    control.clearLog()
    expect(await other.testConnection()).toMatchObject({
      ok: false,
      error: { code: 'UNAUTHENTICATED', retryable: false },
    })
    expect(control.count({ call: 'session.open' })).toBe(1)
  })

  it('without rights are refused with every right that is missing', async () => {
    const { port, control } = await lab()
    control.setAccount('operator', 'memory', ['look'])
    const result = await port.testConnection()
    expect(result).toMatchObject({ ok: false, error: { code: 'PERMISSION_DENIED' } })
    if (result.ok || result.error.code !== 'PERMISSION_DENIED') throw new Error('not refused')
    expect(result.error.details.missing.map(({ privilege }) => privilege)).toEqual(['build', 'power', 'remove'])
  })

  it('of several sites share nothing', async () => {
    const memory = createMemoryHypervisor({ sites: ['main', 'branch'] })
    const { port } = await lab(memory)
    const config = { type: 'memory', endpoint: 'branch', site: 'branch' } as const
    const branch = unwrap(await createRegistry([memory.plugin]).connect(config))
    ports.push(branch)
    await create(port, fromTemplate, { idempotencyKey: 'k' })
    await create(branch, fromTemplate, { idempotencyKey: 'k' })
    expect(memory.control.vms('main')).toHaveLength(1)
    expect(memory.control.vms('branch')).toHaveLength(1)
  })
})
