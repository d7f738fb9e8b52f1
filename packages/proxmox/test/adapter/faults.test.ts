import { type HypervisorError, type OperationHandle, unwrap } from '@dcm/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloudVm, counted, create, failureOf, type Lab, patienceMs, startLab, writes } from './lab.js'

let lab: Lab
beforeEach(async () => {
  lab = await startLab()
})
afterEach(() => lab.close())

const full = { cpus: 4, disks: [{ sizeBytes: 8 * 1024 ** 3 }], customization: { userName: 'ops' }, powerOn: true }
const leftVolumes = () => lab.simulator.volumes().filter(({ vmid }) => vmid !== undefined && vmid < 9000)

/** The calls that a creation makes, by the end of their path. */
const calls = [
  ['POST', /\/clone$/, 'qmclone'],
  ['POST', /\/config$/, 'qmconfig'],
  ['PUT', /\/resize$/, 'resize'],
  ['PUT', /\/cloudinit$/, undefined],
  ['POST', /\/status\/start$/, 'qmstart'],
] as const

describe('a creation', () => {
  it.each(calls)('adopts its own work when the answer to %s %s is lost', async (method, path) => {
    lab.simulator.faults.add({ match: { method, path, times: 1 }, action: { type: 'drop-after' } })
    const vm = await create(lab.port, cloudVm('lost', full), 'lost')
    expect(vm).toMatchObject({ cpus: 4, powerState: 'running' })
    expect(vm.disks[0]?.capacityBytes).toBe(8 * 1024 ** 3)
    expect(counted(lab, 'lost')).toBe(1)
    expect(lab.simulator.tasks().filter(({ type }) => type === 'qmclone')).toHaveLength(1)
  })

  it.each(calls)('is sent again when %s %s surely was not done', async (method, path) => {
    lab.simulator.faults.add({ match: { method, path, times: 1 }, action: { type: 'drop-before' } })
    await create(lab.port, cloudVm('dropped', full))
    expect(counted(lab, 'dropped')).toBe(1)
  })

  it.each(calls.filter(([, , type]) => type !== undefined))(
    'leaves nothing behind when the task of %s %s (%s) fails',
    async (_method, _path, type) => {
      lab.simulator.faults.failNextTask(type ?? '', 'the disk is on fire')
      const error = await failureOf(await lab.port.createVm(cloudVm('failing', full)))
      expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('the disk is on fire') })
      expect(counted(lab, 'failing')).toBe(0)
      expect(leftVolumes()).toEqual([])
    },
  )

  it('removes volumes that a failed clone left', async () => {
    lab.simulator.faults.leaveVolumes()
    lab.simulator.faults.failNextTask('qmclone', 'out of luck', 'transferred')
    await failureOf(await lab.port.createVm(cloudVm('volumes')))
    expect(leftVolumes()).toEqual([])
  })

  it('answers PARTIAL when it cannot clean up, and the clean-up operation does it later', async () => {
    lab.simulator.faults.failNextTask('qmconfig', 'no config for you')
    lab.simulator.faults.failNextTask('qmdestroy', 'no destruction either')
    const error = await failureOf(await lab.port.createVm(cloudVm('partial', full)))
    if (error.code !== 'PARTIAL') throw new Error(`PARTIAL, not ${error.code}: ${error.message}`)
    const [vm] = lab.simulator.vms().filter(({ name }) => name === 'partial')
    expect(error.details.leftovers).toEqual([{ kind: 'vm', id: String(vm?.vmid), name: `partial (${vm?.vmid})` }])
    expect(error.details.reason.message).toContain('no config for you')
    const stored = JSON.parse(JSON.stringify(error.details.cleanUp)) as OperationHandle<'cleanUp'>
    const cleanUp = unwrap(await (await lab.connect()).resumeOperation(stored))
    expect(unwrap(await cleanUp.wait()).left).toEqual([])
    expect(counted(lab, 'partial')).toBe(0)
    expect(leftVolumes()).toEqual([])
  })

  it('clears its own protection away when it is undone', async () => {
    lab.simulator.faults.failNextTask('qmstart', 'no start')
    const spec = cloudVm('protected', { powerOn: true, extensions: { proxmox: { protection: true } } })
    await failureOf(await lab.port.createVm(spec))
    expect(counted(lab, 'protected')).toBe(0)
  })

  it('waits out locks that the platform gives up on', async () => {
    lab.simulator.faults.failNextTask('qmclone', "clone failed: can't lock file '/var/lock/x' - got timeout")
    await create(lab.port, cloudVm('patient'))
    expect(counted(lab, 'patient')).toBe(1)
  })

  it('is decided by condition when the task is forgotten', async () => {
    lab.simulator.faults.vanishTask('qmclone')
    await create(lab.port, cloudVm('forgotten'))
    expect(counted(lab, 'forgotten')).toBe(1)
  })

  it('survives an id that somebody takes just before', async () => {
    lab.simulator.faults.add({
      match: { method: 'POST', path: /\/clone$/, times: 1 },
      action: {
        type: 'reply',
        reply: {
          status: 500,
          reason: 'unable to create VM 4711: config file already exists',
          headers: [['content-type', 'application/json;charset=UTF-8']],
          body: '{"data":null,"message":"unable to create VM 4711: config file already exists\\n"}',
        },
      },
    })
    await create(lab.port, cloudVm('collided'))
    expect(counted(lab, 'collided')).toBe(1)
  })

  it('is cancelled truthfully, and leaves nothing', async () => {
    lab.simulator.faults.taskDelay(1)
    const operation = unwrap(await lab.port.createVm(cloudVm('cancelled', full)))
    expect(unwrap(await operation.cancel())).toBe('cancelled')
    expect(counted(lab, 'cancelled')).toBe(0)
    expect(leftVolumes()).toEqual([])
  })

  it('does not care about the server’s clock', async () => {
    for (const ms of [3_600_000, -7_200_000]) {
      lab.simulator.faults.apply({ type: 'advance-clock', ms })
      await create(lab.port, cloudVm(`clock-${ms > 0 ? 'ahead' : 'behind'}`))
    }
  })
})

describe('a creation whose process dies', () => {
  it('ends with one VM, whatever the checkpoint it died at', async () => {
    const seen: OperationHandle[] = []
    const first = unwrap(
      await lab.port.createVm(cloudVm('reference', full), { onCheckpoint: (handle) => void seen.push(handle) }),
    )
    unwrap(await first.wait())
    expect(seen.length).toBeGreaterThan(8)
    for (let dieAt = 1; dieAt <= seen.length; dieAt++) {
      const name = `killed-${dieAt}`
      const last = await dieAtCheckpoint(name, dieAt)
      const handle = JSON.parse(JSON.stringify(last)) as OperationHandle<'createVm'>
      expect(Buffer.byteLength(JSON.stringify(handle))).toBeLessThan(4096)
      const resumed = unwrap(await (await lab.connect()).resumeOperation(handle))
      expect(unwrap(await resumed.wait({ timeoutMs: patienceMs }))).toMatchObject({ powerState: 'running', cpus: 4 })
      expect(counted(lab, name)).toBe(1)
    }
  })

  /** Runs until the n-th checkpoint and never comes back from it, as a killed process would. */
  async function dieAtCheckpoint(name: string, dieAt: number): Promise<OperationHandle> {
    const port = await lab.connect()
    return new Promise((resolve, reject) => {
      let count = 0
      const onCheckpoint = (handle: OperationHandle): Promise<void> | undefined => {
        count += 1
        if (count < dieAt) return undefined
        resolve(handle)
        return new Promise(() => {})
      }
      port
        .createVm(cloudVm(name, full), { onCheckpoint, timeoutMs: 120_000 })
        .then(async (started) => unwrap(started).wait())
        .then(() => reject(new Error('it ended before its checkpoint')), reject)
    })
  }

  it('is found by its key when even the handle is lost', async () => {
    lab.simulator.faults.taskDelay(0.5)
    const spec = cloudVm('orphan', full)
    unwrap(await lab.port.createVm(spec, { idempotencyKey: 'orphan' }))
    const vm = await create(await lab.connect(), spec, 'orphan')
    expect(vm).toMatchObject({ powerState: 'running', cpus: 4 })
    expect(counted(lab, 'orphan')).toBe(1)
  })

  it('answers with what a person must do when a worker died with its lock', async () => {
    lab.simulator.faults.killWorker('qmclone', 'transferred')
    const error: HypervisorError = await failureOf(await lab.port.createVm(cloudVm('dead-worker')))
    expect(error.code).toBe('PARTIAL')
    expect(JSON.stringify(error)).toContain('qm unlock')
    expect(writes(lab).filter((line) => line.startsWith('DELETE'))).toHaveLength(1)
  })
})
