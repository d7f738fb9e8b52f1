import { memoryOperationStore, nativeOf, type OperationHandle, type OperationStore, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { proxmox } from '../../src/index.js'
import { cloudVm, counted, create, failureOf, finish, type Lab, startLab } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    seed: {
      vms: [
        { vmid: 100, name: 'rival' },
        { vmid: 101, name: 'ha', running: true },
      ],
    },
  })
})
afterAll(() => lab.close())

const native = () => nativeOf(lab.port, proxmox)

describe('two VMs of one key', () => {
  it('become one: the finished one stays, ours gives way', async () => {
    let stamped: Promise<unknown> | undefined
    const onCheckpoint = async (handle: OperationHandle): Promise<void> => {
      if (handle.cursor.step !== 'clone' || handle.cursor.stage !== 'accepted') return
      // Another run has finished a VM of this very key meanwhile, at an id of another range.
      const tag = `dcm-${handle.marker?.slice(5, 13)}`
      stamped ??= native().request('PUT /nodes/{node}/qemu/{vmid}/config', {
        node: 'pve1',
        vmid: 100,
        description: handle.marker ?? '',
        tags: tag,
      })
      await stamped
    }
    const operation = unwrap(await lab.port.createVm(cloudVm('rival'), { idempotencyKey: 'rivals', onCheckpoint }))
    const vm = unwrap(await operation.wait())
    expect(stamped).toBeDefined()
    expect(vm.ref.id).toBe('100')
    expect(counted(lab, 'rival')).toBe(1)
    expect(lab.simulator.tasks().filter(({ type }) => type === 'qmdestroy')).toHaveLength(1)
    // What was adopted is nobody's to undo.
    expect(operation.handle.applied.some(({ step }) => step === 'clone')).toBe(false)
  })

  it('a VM whose maker died with its lock is not waited for without end', async () => {
    const seen: OperationHandle[] = []
    const spec = cloudVm('abandoned')
    const first = unwrap(
      await lab.port.createVm(spec, { idempotencyKey: 'abandoned', onCheckpoint: (handle) => void seen.push(handle) }),
    )
    const { ref } = unwrap(await first.wait())
    lab.simulator.faults.setLock(Number(ref.id), 'clone')
    const waiting = unwrap(await lab.port.createVm(spec, { idempotencyKey: 'abandoned' }))
    const { progress } = unwrap(await lab.port.advanceOperation(waiting.handle))
    expect(progress.waitingFor).toContain(`VM ${ref.id}`)
    lab.simulator.faults.setLock(Number(ref.id), null)
    expect(unwrap(await waiting.wait()).ref.id).toBe(ref.id)
  })
})

/** The platform holds back the answer to the next look at a configuration, or to one after it, until it is let go. */
function holdLook(after = 0): { readonly arrived: () => Promise<unknown>; readonly letGo: () => void } {
  let letGo = (): void => {}
  const until = new Promise<void>((resolve) => {
    letGo = resolve
  })
  lab.simulator.faults.add({
    match: { method: 'GET', path: /\/config$/, after, times: 1 },
    action: { type: 'hold', until },
  })
  const isHeld = () => lab.simulator.requests.entries().some(({ held }) => held === true)
  return { arrived: () => vi.waitUntil(isHeld, { timeout: 20_000, interval: 5 }), letGo }
}

/** Two runs of one key: the first has made its VM, the second helps to finish it. */
async function makerAndHelper(name: string) {
  const [makers, helpers] = await Promise.all([lab.connect(), lab.connect()])
  const begin = async (port: typeof makers) =>
    unwrap(await port.createVm(cloudVm(name, { cpus: 3, powerOn: true }), { idempotencyKey: name }))
  const maker = await begin(makers)
  const until = async (port: typeof makers, handle: OperationHandle<'createVm'>, step: string) => {
    let now = handle
    while (now.cursor.step !== step) now = unwrap(await port.advanceOperation(now)).handle
    return now
  }
  const made = await until(makers, maker.handle, 'configure')
  const helping = await until(helpers, (await begin(helpers)).handle, 'finish')
  expect(helping.state).toMatchObject({ adopted: true, vmid: made.state.vmid })
  return {
    maker: unwrap(await makers.resumeOperation(made)),
    helper: unwrap(await helpers.resumeOperation(helping)),
  }
}

describe('a VM that one run of a key makes and another one finishes', () => {
  it('stays when the maker is cancelled: the caller of the other run has it', async () => {
    const { maker, helper } = await makerAndHelper('finished-first')
    const vm = unwrap(await helper.wait())
    expect(unwrap(await maker.cancel())).toBe('cancelled')
    expect(unwrap(await lab.port.getVm(vm.ref))).toMatchObject({ powerState: 'running', cpus: 3 })
    expect(counted(lab, 'finished-first')).toBe(1)
  })

  it('stays also when it is finished between the look of the maker’s undo and its write', async () => {
    const { maker, helper } = await makerAndHelper('finished-between')
    const look = holdLook()
    const cancelled = maker.cancel()
    await look.arrived()
    const vm = unwrap(await helper.wait())
    look.letGo()
    expect(unwrap(await cancelled)).toBe('cancelled')
    expect(unwrap(await lab.port.getVm(vm.ref)).powerState).toBe('running')
  })

  it('is finished by nobody once it is taken back: the other run makes one of its own', async () => {
    const { maker, helper } = await makerAndHelper('taken-back')
    const [before] = lab.simulator.vms().filter(({ name }) => name === 'taken-back')
    // The second look is the one that its last write builds on.
    const look = holdLook(1)
    const waiting = helper.wait()
    await look.arrived()
    expect(unwrap(await maker.cancel())).toBe('cancelled')
    look.letGo()
    const vm = unwrap(await waiting)
    const after = lab.simulator.vms().filter(({ name }) => name === 'taken-back')
    expect(after).toMatchObject([{ vmid: Number(vm.ref.id), running: true }])
    expect(after[0]?.config.smbios1).not.toBe(before?.config.smbios1)
  })

  it('is left alone by the maker when its owner has stopped it since', async () => {
    const { maker, helper } = await makerAndHelper('stopped-since')
    const vm = unwrap(await helper.wait())
    await finish(await lab.port.stopVm(vm.ref, { mode: 'hard' }))
    expect(unwrap(await maker.wait())).toMatchObject({ ref: vm.ref, powerState: 'stopped' })
  })
})

it('a helper that is cancelled touches nothing of the VM that another run makes', async () => {
  const { maker, helper } = await makerAndHelper('helper-leaves')
  expect(unwrap(await helper.cancel())).toBe('cancelled')
  expect(lab.simulator.vms().filter(({ name }) => name === 'helper-leaves')).toMatchObject([{ running: true }])
  const vm = unwrap(await maker.wait())
  expect(vm.description).toBeUndefined()
  expect(vm.createdBy).toBeDefined()
})

/** The store of two runners: each goes on from the intent it stored only after the other one has come so far. */
function slowStore(base: OperationStore, meanwhile: () => Promise<unknown>, stored = (): void => {}): OperationStore {
  return {
    load: base.load,
    async save(handle) {
      if (!(await base.save(handle))) return false
      stored()
      if (handle.cursor.stage === 'intent') await meanwhile()
      return true
    },
  }
}

it('a clone that two runners of one operation send is taken back when it is cancelled', async () => {
  lab.simulator.requests.clear()
  const base = memoryOperationStore()
  let intent: OperationHandle<'createVm'> | undefined
  const save: OperationStore['save'] = async (handle) => {
    await base.save(handle)
    intent = handle as OperationHandle<'createVm'>
    throw new Error('dead')
  }
  expect(await lab.port.createVm(cloudVm('sent-twice'), { store: { load: base.load, save } })).toMatchObject({
    ok: false,
  })
  if (intent?.cursor.step !== 'clone') throw new Error('it was to die before the clone')
  const { id, revision } = intent
  const load = async () => (await base.load(id)) as OperationHandle<'createVm'>

  let bothMeanTo = (): void => {}
  const secondMeansTo = new Promise<void>((resolve) => {
    bothMeanTo = resolve
  })
  const [one, two] = await Promise.all([lab.connect(), lab.connect()])
  const first = one.advanceOperation(intent, { store: slowStore(base, () => secondMeansTo) })
  await vi.waitUntil(async () => (await load()).revision > revision, { timeout: 20_000, interval: 5 })
  const second = await two.advanceOperation(await load(), { store: slowStore(base, () => first, bothMeanTo) })
  // The clone of the first was accepted, and it may not say so: the second has the operation, and meets a collision.
  expect(await first).toMatchObject({ ok: false })
  let { handle } = unwrap(second)
  while (handle.cursor.step !== 'configure') handle = unwrap(await two.advanceOperation(handle, { store: base })).handle
  expect(unwrap(await unwrap(await two.resumeOperation(handle, { store: base })).cancel())).toBe('cancelled')
  expect(lab.simulator.requests.count({ method: 'POST', path: /\/clone$/ })).toBeGreaterThan(1)
  expect(counted(lab, 'sent-twice')).toBe(0)
})

describe('an HA-managed VM', () => {
  it('stops and starts through the HA manager, and the operation waits for the effect', async () => {
    await native().request('POST /cluster/ha/resources', { sid: 'vm:101', state: 'started' })
    const ref = { endpoint: 'lab', id: '101' }
    expect(await finish(await lab.port.stopVm(ref))).toMatchObject({ powerState: 'stopped' })
    expect(await finish(await lab.port.startVm(ref))).toMatchObject({ powerState: 'running' })
    expect(await finish(await lab.port.stopVm(ref, { mode: 'hard' }))).toMatchObject({ powerState: 'stopped' })
    const types = lab.simulator
      .tasks()
      .filter(({ id }) => id === '101')
      .map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['hastop', 'hastart']))
    await finish(await lab.port.deleteVm(ref))
    expect(counted(lab, 'ha')).toBe(0)
  })
})

describe.each(['7.4', '8.4'] as const)('Proxmox VE %s', (release) => {
  it('creates, grows, stops and deletes with what that release has', async () => {
    const old = await startLab({ release })
    try {
      const spec = cloudVm('old', {
        cpus: 3,
        disks: [{ sizeBytes: 6 * 1024 ** 3 }],
        customization: { userName: 'ops' },
        powerOn: true,
      })
      const vm = await create(old.port, spec)
      expect(vm).toMatchObject({ cpus: 3, powerState: 'running' })
      expect(vm.disks[0]?.capacityBytes).toBe(6 * 1024 ** 3)
      old.simulator.faults.shutdownIgnored(Number(vm.ref.id))
      const stopped = await finish(await old.port.stopVm(vm.ref, { mode: 'graceful-then-hard', graceMs: 1000 }))
      expect(stopped.powerState).toBe('stopped')
      await finish(await old.port.deleteVm(vm.ref))
      expect(counted(old, 'old')).toBe(0)
      const report = unwrap(await old.port.testConnection())
      expect(report.version.startsWith(release)).toBe(true)
    } finally {
      await old.close()
    }
  })
})

describe('an endpoint without its quorum', () => {
  it('says so in the report, and refuses what changes something', async () => {
    const alone = await startLab()
    try {
      alone.simulator.faults.loseQuorum()
      expect(unwrap(await alone.port.testConnection()).warnings.join()).toContain('quorum')
      const error = await failureOf(await alone.port.createVm(cloudVm('nobody'), { deadlineMs: 1500 }))
      expect(['UNAVAILABLE', 'TIMEOUT']).toContain(error.code)
      expect(counted(alone, 'nobody')).toBe(0)
    } finally {
      await alone.close()
    }
  })
})
