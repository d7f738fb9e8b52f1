import { describe, expect, it } from 'vitest'
import {
  createRegistry,
  gib,
  type HypervisorPort,
  memoryOperationStore,
  mib,
  type OperationHandle,
  unwrap,
} from '../index.js'
import { createMemoryHypervisor, type MemoryHypervisor } from './index.js'

const spec = {
  name: 'web-1',
  source: { from: 'template', template: { name: 'debian-13' } },
  cpus: 2,
  memoryBytes: mib(1537),
  tags: ['web'],
} as const

async function lab(): Promise<{ port: HypervisorPort; memory: MemoryHypervisor }> {
  const memory = createMemoryHypervisor()
  const port = unwrap(await createRegistry([memory.plugin]).connect({ type: 'memory', endpoint: 'lab' }))
  return { port, memory }
}

describe('in-memory hypervisor', () => {
  it('tells who it is and what is there', async () => {
    const { port } = await lab()
    expect(unwrap(await port.testConnection()).warnings).toEqual([])
    const resources = unwrap(await port.listResources())
    expect(resources.templates.map(({ name }) => name)).toEqual(['debian-13', 'windows-2025'])
    expect(resources.datacenters[0]?.synthetic).toBe(true)
    expect(unwrap(await port.listVms()).items).toEqual([])
  })

  it('creates from a template, starts, restarts, stops and deletes', async () => {
    const { port, memory } = await lab()
    const created = unwrap(await port.createVm({ ...spec, disks: [{ sizeBytes: gib(33) }] }))
    const vm = unwrap(await created.wait())
    expect(vm).toMatchObject({ name: 'web-1', powerState: 'running', cpus: 2, memoryBytes: mib(1537), tags: ['web'] })
    expect(vm.disks[0]?.capacityBytes).toBe(gib(33))
    for (const mode of ['hard', 'graceful'] as const) {
      const again = unwrap(await unwrap(await port.restartVm(vm.ref, { mode })).wait())
      expect(again.powerState).toBe('running')
    }
    expect(unwrap(await unwrap(await port.stopVm(vm.ref)).wait()).powerState).toBe('stopped')
    expect(unwrap(await unwrap(await port.startVm(vm.ref)).wait()).powerState).toBe('running')
    const refused = await port.deleteVm(vm.ref)
    expect(refused.ok ? undefined : refused.error.code).toBe('FAILED_PRECONDITION')
    const report = unwrap(await unwrap(await port.deleteVm(vm.ref, { force: true })).wait())
    expect(report.removed).toContain(vm.ref.id)
    expect(memory.control.vms()).toEqual([])
  })

  it('creates blank and from an image', async () => {
    const { port } = await lab()
    for (const source of [{ from: 'blank' }, { from: 'image', image: { name: 'debian-13.iso' } }] as const) {
      const blank = {
        name: source.from,
        source,
        cpus: 1,
        memoryBytes: gib(1),
        disks: [{ sizeBytes: gib(4) }],
        powerOn: false,
      }
      const vm = unwrap(await unwrap(await port.createVm(blank)).wait())
      expect(vm).toMatchObject({ powerState: 'stopped', disks: [{ capacityBytes: gib(4) }] })
    }
  })

  it('adopts after each lost answer, and makes one VM for one key', async () => {
    for (let after = 0; after < 4; after += 1) {
      const { port, memory } = await lab()
      memory.control.loseReply('mutation', { after })
      const vm = unwrap(await unwrap(await port.createVm(spec, { idempotencyKey: 'k' })).wait())
      expect(vm.powerState).toBe('running')
      const again = unwrap(await unwrap(await port.createVm(spec, { idempotencyKey: 'k' })).wait())
      expect(again.ref.id).toBe(vm.ref.id)
      expect(memory.control.vms()).toHaveLength(1)
      const other = await port.createVm({ ...spec, cpus: 4 }, { idempotencyKey: 'k' })
      expect(other.ok ? undefined : other.error.code).toBe('ALREADY_EXISTS')
    }
  })

  it('two at once with one key make one VM', async () => {
    const { port, memory } = await lab()
    const both = await Promise.all(
      [1, 2].map(async () => unwrap(await unwrap(await port.createVm(spec, { idempotencyKey: 'k' })).wait())),
    )
    expect(both[0]?.ref.id).toBe(both[1]?.ref.id)
    expect(memory.control.vms()).toHaveLength(1)
  })

  it('leaves nothing when the start fails, or PARTIAL with a clean-up that works', async () => {
    const { port, memory } = await lab()
    memory.control.failTask('vm.start', 'no luck')
    const failed = await unwrap(await port.createVm(spec)).wait()
    expect(failed.ok ? undefined : failed.error.message).toContain('no luck')
    expect(memory.control.vms()).toEqual([])

    memory.control.failTask('vm.start', 'no luck')
    memory.control.fail('vm.remove', 'NOT_PERMITTED')
    const partial = await unwrap(await port.createVm(spec)).wait()
    if (partial.ok || partial.error.code !== 'PARTIAL') throw new Error('PARTIAL was expected')
    expect(partial.error.details.leftovers).toEqual([{ kind: 'vm', id: memory.control.vms()[0]?.id, name: 'web-1' }])
    const cleanUp = unwrap(await port.resumeOperation(partial.error.details.cleanUp))
    expect(unwrap(await cleanUp.wait()).left).toEqual([])
    expect(memory.control.vms()).toEqual([])
  })

  it('cancels a clone and takes it back', async () => {
    const { port, memory } = await lab()
    const operation = unwrap(await port.createVm(spec))
    expect(unwrap(await operation.cancel())).toBe('cancelled')
    expect(memory.control.vms()).toEqual([])
    const done = unwrap(await port.createVm(spec))
    unwrap(await done.wait())
    expect(unwrap(await done.cancel())).toBe('too-late')
  })

  it('is stopped by a guest that ignores requests only the hard way', async () => {
    const { port, memory } = await lab()
    const { ref } = unwrap(await unwrap(await port.createVm(spec)).wait())
    memory.control.guest(ref.id, { obeys: false })
    const deaf = await unwrap(await port.stopVm(ref, { graceMs: 3000 })).wait()
    expect(deaf.ok ? undefined : deaf.error.code).toBe('TIMEOUT')
    const stop = unwrap(await port.stopVm(ref, { mode: 'graceful-then-hard', graceMs: 3000 }))
    expect(unwrap(await stop.wait()).powerState).toBe('stopped')
  })

  it('goes on from every checkpoint in another port, as another process would', async () => {
    const handles: OperationHandle[] = []
    const first = await lab()
    unwrap(
      await unwrap(await first.port.createVm(spec, { onCheckpoint: (handle) => void handles.push(handle) })).wait(),
    )
    for (const [index] of handles.entries()) {
      const { port, memory } = await lab()
      let seen = 0
      let last: OperationHandle | undefined
      const died = new Error('the process died here')
      const onCheckpoint = (handle: OperationHandle): void => {
        seen += 1
        if (seen > index + 1) throw died
        last = JSON.parse(JSON.stringify(handle))
      }
      const crashed = await port.createVm(spec, { onCheckpoint })
      if (crashed.ok) await crashed.value.wait().catch(() => undefined)
      if (!last) throw new Error('no checkpoint')
      const other = unwrap(await createRegistry([memory.plugin]).connect({ type: 'memory', endpoint: 'lab' }))
      const vm = unwrap(await unwrap(await other.resumeOperation(last)).wait())
      expect(['createVm' in vm, 'name' in vm && vm.name], `checkpoint ${index}`).toEqual([false, 'web-1'])
      expect(memory.control.vms()).toHaveLength(1)
    }
  })

  it('is advanced by one of two runners at a time when they share a store', async () => {
    const { port, memory } = await lab()
    const store = memoryOperationStore()
    const operation = unwrap(await port.createVm(spec, { store }))
    const handle = operation.handle
    const runners = await Promise.all(
      [1, 2].map(async () => unwrap(await port.resumeOperation(handle, { store })).wait()),
    )
    expect(runners.some(({ ok }) => ok)).toBe(true)
    for (const runner of runners) if (!runner.ok) expect(runner.error.code).toBe('CONFLICT')
    expect(memory.control.vms()).toHaveLength(1)
  })
})
