import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type SimulatorSession, sessionWith, taskEnd } from '../../test/simulator-session.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'

let simulator: ProxmoxSimulator
let session: SimulatorSession

beforeEach(async () => {
  simulator = await startProxmoxSimulator({ speed: 100, timing: { lockSecondMs: 30 } })
  session = sessionWith(simulator)
})

afterEach(() => simulator?.close())

const source = '/nodes/pve1/qemu/9000'

function vm(vmid: number): ReturnType<ProxmoxSimulator['vms']>[number] | undefined {
  return simulator.vms().find((known) => known.vmid === vmid)
}

function volumesOf(vmid: number): string[] {
  return simulator.volumes().flatMap((volume) => (volume.vmid === vmid ? [volume.volid] : []))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('a full clone', () => {
  it('copies what is to be copied and makes the rest anew', async () => {
    const { exitstatus, log } = await session.task('POST', `${source}/clone`, {
      newid: '100',
      name: 'web1',
      full: '1',
      description: 'a marker',
    })
    expect(exitstatus).toBe('OK')
    expect(log[0]).toBe('creating a clone of VM 9000 with ID 100')
    expect(log.filter((line) => line.startsWith('transferred')).length).toBeGreaterThan(10)
    const [template, clone] = [vm(9000), vm(100)]
    expect(clone?.config).toMatchObject({ name: 'web1', description: 'a marker', agent: '1', cores: 2 })
    expect(clone?.config.template).toBeUndefined()
    expect(clone?.lock).toBeUndefined()
    for (const key of ['net0', 'smbios1', 'vmgenid']) expect(clone?.config[key]).not.toBe(template?.config[key])
    expect(volumesOf(100)).toEqual(['shared:100/vm-100-disk-0.qcow2', 'shared:100/vm-100-cloudinit.qcow2'])
  })

  it('has a config that holds nothing of the caller until its first disk is done', async () => {
    const cloning = session.task('POST', `${source}/clone`, { newid: '100', full: '1', description: 'a marker' })
    await until(() => vm(100) !== undefined)
    expect(vm(100)?.config).toEqual({ description: 'qmclone temporary file', lock: 'clone' })
    await until(() => vm(100)?.config.description === 'a marker')
    expect(vm(100)?.lock).toBe('clone')
    await cloning
  })

  it('to another node needs shared storage on both ends', async () => {
    expect((await session.task('POST', `${source}/clone`, { newid: '100', target: 'pve3' })).exitstatus).toBe('OK')
    expect(vm(100)?.node).toBe('pve3')
    const refused = await session.call('POST', `${source}/clone`, {
      newid: '101',
      target: 'pve3',
      full: '1',
      storage: 'local-lvm',
    })
    expect(refused.reason).toBe("can't clone VM to node 'pve3' (VM uses local storage)")
  })

  it('of a missing snapshot, pool or storage is refused at once', async () => {
    const refusals = [{ snapname: 'nope' }, { pool: 'nope' }, { full: '1', storage: 'nope' }].map((extra) =>
      session.call('POST', `${source}/clone`, { newid: '100', ...extra }),
    )
    expect((await Promise.all(refusals)).map((reply) => reply.reason)).toEqual([
      "snapshot 'nope' does not exist",
      "pool 'nope' does not exist",
      "storage 'nope' does not exist",
    ])
  })
})

describe('a linked clone', () => {
  it('names its base and keeps the template from being destroyed', async () => {
    await session.task('POST', `${source}/clone`, { newid: '100' })
    expect(volumesOf(100)).toContain('shared:9000/base-9000-disk-0.qcow2/100/vm-100-disk-0.qcow2')
    const { exitstatus } = await session.task('DELETE', source)
    expect(exitstatus).toBe("base volume 'shared:9000/base-9000-disk-0.qcow2' is still in use by linked cloned")
    await session.task('DELETE', '/nodes/pve1/qemu/100')
    expect((await session.task('DELETE', source)).exitstatus).toBe('OK')
  })
})

/** How two clones end of which the first lasts until the second has lost its patience, or failed otherwise. */
async function rivals(from: string, one: Record<string, string>, other: Record<string, string>): Promise<string[]> {
  // Both are asked for before either worker begins.
  simulator.faults.taskDelay(1_000)
  const both = await Promise.all([one, other].map((more) => session.call('POST', `${from}/clone`, more)))
  expect(both.map((reply) => reply.status)).toEqual([200, 200])
  const upids = both.map((reply) => String(reply.data))
  // The patience of the second is over in the platform's time, long before the first has copied its disk.
  const hasEnded = () => {
    simulator.clock.advance(100_000)
    return simulator.tasks().some(({ upid, running }) => upids.includes(upid) && !running)
  }
  await vi.waitUntil(hasEnded, { timeout: 20_000, interval: 2 })
  simulator.faults.taskDelay(0.01)
  simulator.clock.advance(1_000_000)
  const ends = await Promise.all(upids.map((upid) => taskEnd(simulator, upid)))
  return ends.map((end) => end.exitstatus).sort()
}

describe('two clones at once', () => {
  it('with one id: one wins, the other fails in its task', async () => {
    const clone = { newid: '100', full: '1' }
    expect(await rivals(source, { ...clone, name: 'first' }, { ...clone, name: 'second' })).toEqual([
      'OK',
      "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout",
    ])
    expect(volumesOf(100)).toHaveLength(2)
  })

  it('of a stopped source share it, of a running one they do not', async () => {
    const stopped = await Promise.all([
      session.task('POST', `${source}/clone`, { newid: '100', full: '1' }),
      session.task('POST', `${source}/clone`, { newid: '101', full: '1' }),
    ])
    expect(stopped.map((end) => end.exitstatus)).toEqual(['OK', 'OK'])
    await session.task('POST', '/nodes/pve1/qemu/100/status/start')
    const running = '/nodes/pve1/qemu/100'
    expect(await rivals(running, { newid: '102', full: '1' }, { newid: '103', full: '1' })).toEqual([
      'OK',
      "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout",
    ])
  })

  it('with an id of another node: refused only in the task', async () => {
    await session.task('POST', '/nodes/pve2/qemu', { vmid: '100' })
    const { exitstatus } = await session.task('POST', `${source}/clone`, { newid: '100' })
    expect(exitstatus).toBe("unable to create VM 100 - VM 100 already exists on node 'pve2'")
    expect(vm(100)?.node).toBe('pve2')
  })
})

describe('a clone that goes wrong', () => {
  it('removes what it made', async () => {
    simulator.faults.failNextTask('qmclone', 'input/output error', '50.00%')
    const { exitstatus, log } = await session.task('POST', `${source}/clone`, { newid: '100', full: '1' })
    expect(exitstatus).toBe('clone failed: input/output error')
    expect(log.at(-1)).toBe('TASK ERROR: clone failed: input/output error')
    expect([vm(100), volumesOf(100)]).toEqual([undefined, []])
  })

  it('leaves its volumes when told to', async () => {
    simulator.faults.leaveVolumes()
    simulator.faults.failNextTask('qmclone', 'input/output error', '100.00%')
    await session.task('POST', `${source}/clone`, { newid: '100', full: '1' })
    expect([vm(100), volumesOf(100)]).toEqual([undefined, ['shared:100/vm-100-disk-0.qcow2']])
  })

  it('leaves a locked config behind when its worker is killed', async () => {
    simulator.faults.killWorker('qmclone', '50.00%')
    const { exitstatus, log } = await session.task('POST', `${source}/clone`, { newid: '100', full: '1' })
    expect(exitstatus).toBe('unexpected status')
    expect(log.at(-1)).toContain('50.00%')
    expect(vm(100)?.lock).toBe('clone')
    const start = await session.task('POST', '/nodes/pve1/qemu/100/status/start')
    expect(start.exitstatus).toBe('VM is locked (clone)')
  })

  it('is ended by whoever stops its task, and cleans up', async () => {
    // Its copying outlasts every request.
    simulator.faults.taskDelay(1)
    const { data } = await session.call('POST', `${source}/clone`, { newid: '100', full: '1' })
    await until(() => vm(100) !== undefined)
    await session.call('DELETE', `/nodes/pve1/tasks/${encodeURIComponent(String(data))}`)
    expect((await taskEnd(simulator, String(data))).exitstatus).toBe('clone failed: interrupted by signal')
    expect(vm(100)).toBeUndefined()
  })

  it('can vanish from the task list while its work goes on', async () => {
    simulator.faults.vanishTask('qmclone')
    const { data } = await session.call('POST', `${source}/clone`, { newid: '100', full: '1' })
    const status = await session.call('GET', `/nodes/pve1/tasks/${encodeURIComponent(String(data))}/status`)
    expect(JSON.parse(status.text)).toMatchObject({ errors: { upid: 'no such task' } })
    await until(() => vm(100)?.config.name !== undefined && vm(100)?.lock === undefined)
  })

  it('meets a full storage in its task', async () => {
    simulator.faults.exhaustStorage('shared')
    const { exitstatus } = await session.task('POST', `${source}/clone`, { newid: '100', full: '1' })
    expect(exitstatus).toMatch(/^clone failed: unable to create image: .*No space left on device$/)
    expect(vm(100)).toBeUndefined()
  })
})
