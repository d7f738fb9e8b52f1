import { afterEach, beforeEach, expect, it } from 'vitest'
import type { OperationHandle } from '../operations/handle.js'
import { memoryOperationStore, type OperationStore } from '../operations/store.js'
import type { HypervisorPort } from '../port.js'
import { createRegistry } from '../registry/create-registry.js'
import { unwrap } from '../result.js'
import { createMemoryHypervisor, type MemoryHypervisor } from './create-memory-hypervisor.js'
import type { MemoryPlugin } from './plugin.js'

// What stories of several actors found: one key shared by runs that die, are cancelled, or meet a replaced VM.

let memory: MemoryHypervisor
let port: HypervisorPort<MemoryPlugin>
beforeEach(async () => {
  memory = createMemoryHypervisor()
  port = unwrap(await createRegistry([memory.plugin]).connect({ type: 'memory', endpoint: 'lab' }))
})
afterEach(() => port.close())

const start = () => {
  const spec = { name: 'web', source: { from: 'template', template: { name: 'debian-13' } }, cpus: 3 } as const
  return port.createVm(spec, { idempotencyKey: 'one' })
}
const create = async () => unwrap(await start())

it('a run that is cancelled leaves the VM that another run of its key has finished', async () => {
  const first = await create()
  const vm = unwrap(await (await create()).wait())
  expect(unwrap(await first.cancel())).toBe('cancelled')
  expect(memory.control.vms()).toMatchObject([{ id: vm.ref.id, generation: vm.ref.incarnation }])
})

it('a run whose VM was replaced while it was made does not touch the other VM', async () => {
  const operation = await create()
  const [made] = memory.control.vms()
  memory.control.replaceVm(made?.id ?? '')
  expect((await operation.wait()).ok).toBe(false)
  expect(memory.control.vms()).toMatchObject([{ id: made?.id, name: 'replacement', cpus: 2, version: 1 }])
  expect(memory.control.volumes().filter(({ owner }) => !owner?.startsWith('vm-90'))).toEqual([])
})

it('a removal that is under way while its VM is replaced removes nothing of the other one', async () => {
  const { ref } = unwrap(await (await create()).wait())
  const removal = unwrap(await port.deleteVm(ref, { force: true }))
  memory.control.replaceVm(ref.id)
  await removal.wait()
  expect(memory.control.vms()).toMatchObject([{ id: ref.id, name: 'replacement' }])
})

it('a creation that was taken back says failed, not that it never started', async () => {
  memory.control.fail('vm.start', 'BROKEN')
  const failed = await (await create()).wait()
  expect(failed).toMatchObject({ ok: false, error: { code: 'INTERNAL', outcome: 'failed' } })
  expect(memory.control.vms()).toEqual([])
})

it('a run that has finished the VM of another one cannot be cancelled any more: somebody has to have the VM', async () => {
  const first = await create()
  let { handle } = await create()
  while (memory.control.vms()[0]?.metadata['dcm.ready'] === undefined) {
    handle = unwrap(await port.advanceOperation(handle)).handle
  }
  expect(handle.state.adopted).toBe(true)
  expect(unwrap(await first.cancel())).toBe('cancelled')
  expect(unwrap(await unwrap(await port.resumeOperation(handle)).cancel())).toBe('too-late')
  expect(memory.control.vms()).toHaveLength(1)
})

it('the maker of a VM that another run has finished leaves it as its owner wants it', async () => {
  const maker = await create()
  const { ref } = unwrap(await (await create()).wait())
  unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
  const writes = memory.control.count({ mutation: true })
  expect(unwrap(await maker.wait())).toMatchObject({ ref, powerState: 'stopped' })
  expect(memory.control.count({ mutation: true })).toBe(writes)
})

it('the maker of a VM that another run finishes right before its start does not start it', async () => {
  const operation = await create()
  let { handle } = operation
  while (handle.cursor.step !== 'start') {
    handle = unwrap(await port.advanceOperation(handle)).handle
    memory.control.advance(1000)
  }
  const { ref } = unwrap(await (await create()).wait())
  unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait())
  const starts = memory.control.count({ call: 'vm.start' })
  expect(unwrap(await unwrap(await port.resumeOperation(handle)).wait()).powerState).toBe('stopped')
  expect(memory.control.count({ call: 'vm.start' })).toBe(starts)
})

it('a VM that two runners of one operation ask for is taken back when it is cancelled', async () => {
  const base = memoryOperationStore()
  const spec = { name: 'web', source: { from: 'template', template: { name: 'debian-13' } } } as const
  let intent: OperationHandle<'createVm'> | undefined
  const dying: OperationStore['save'] = async (handle) => {
    await base.save(handle)
    intent = handle as OperationHandle<'createVm'>
    throw new Error('dead')
  }
  await port.createVm(spec, { store: { load: base.load, save: dying } })
  if (intent?.cursor.step !== 'create') throw new Error('it was to die before the VM was asked for')
  const { id } = intent

  // Each sends what it meant to only after the other one has come so far.
  const waiting = (meanwhile: () => Promise<unknown>, stored: () => void): OperationStore => ({
    load: base.load,
    async save(handle) {
      if (!(await base.save(handle))) return false
      stored()
      if (handle.cursor.stage === 'intent') await meanwhile()
      return true
    },
  })
  const gate = () => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    return { open, opened }
  }
  const [one, two] = [gate(), gate()]
  const first = port.advanceOperation(intent, { store: waiting(() => two.opened, one.open) })
  await one.opened
  const stored = (await base.load(id)) as OperationHandle<'createVm'>
  const second = unwrap(await port.advanceOperation(stored, { store: waiting(() => first, two.open) }))
  expect(await first).toMatchObject({ ok: false })
  expect(memory.control.count({ call: 'vm.clone' })).toBe(2)
  let { handle } = second
  while (handle.cursor.step !== 'configure') {
    handle = unwrap(await port.advanceOperation(handle, { store: base })).handle
    memory.control.advance(1000)
  }
  expect(unwrap(await unwrap(await port.resumeOperation(handle, { store: base })).cancel())).toBe('cancelled')
  expect(memory.control.vms()).toEqual([])
})

it.each(['start', 'started', 'ready'])(
  'a helper at %s does not finish a VM that its maker takes back, and makes one of its own',
  async (step) => {
    const maker = await create()
    let { handle } = await create()
    while (handle.cursor.step !== step) {
      handle = unwrap(await port.advanceOperation(handle)).handle
      memory.control.advance(1000)
    }
    expect(handle.state.adopted).toBe(true)
    const [made] = memory.control.vms()
    memory.control.fail('vm.remove', 'NOT_PERMITTED', { times: 20 })
    const cancelled = await maker.cancel()
    if (cancelled.ok || cancelled.error.code !== 'PARTIAL') throw new Error('the removal was to fail')
    for (let times = 0; times < 5; times += 1) {
      const advance = unwrap(await port.advanceOperation(handle))
      expect(advance.status).toBe('running')
      handle = advance.handle
      memory.control.advance(1000)
    }

    memory.control.clearFaults()
    unwrap(await unwrap(await port.resumeOperation(cancelled.error.details.cleanUp)).wait())
    const vm = unwrap(await unwrap(await port.resumeOperation(handle)).wait())
    expect(vm).toMatchObject({ powerState: 'running' })
    expect(memory.control.vms()).toMatchObject([{ generation: vm.ref.incarnation }])
    expect(vm.ref.incarnation).not.toBe(made?.generation)
  },
)

it('a helper of a VM that stays half removed says so after a minute', async () => {
  let { handle } = await create()
  while (handle.cursor.step !== 'configure') {
    handle = unwrap(await port.advanceOperation(handle)).handle
    memory.control.advance(1000)
  }
  memory.control.fail('vm.remove', 'NOT_PERMITTED', { times: 20 })
  expect((await unwrap(await port.resumeOperation(handle)).cancel()).ok).toBe(false)
  // The minute may be over, in the platform's time, before the operation is handed out.
  const started = await start()
  expect(started.ok ? await started.value.wait() : started).toMatchObject({
    ok: false,
    error: { code: 'CONFLICT', message: expect.stringContaining('was being taken back by another run') },
  })
})
