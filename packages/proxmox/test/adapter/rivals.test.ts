import { nativeOf, type OperationHandle, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
