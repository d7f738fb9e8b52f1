import { unwrap, type VmInfo } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, finish, type Lab, startLab, writes } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    seed: {
      vms: [
        { vmid: 100, name: 'stopped' },
        { vmid: 101, name: 'running', running: true },
        { vmid: 102, name: 'deaf', running: true },
        { vmid: 103, name: 'no-acpi', running: true },
        { vmid: 104, name: 'paused', running: true },
        { vmid: 105, name: 'asleep', running: true },
        { vmid: 106, name: 'saved', running: true },
        { vmid: 107, name: 'locked' },
        { vmid: 108, name: 'again', running: true },
        { vmid: 109, name: 'hard', running: true },
        { vmid: 110, name: 'in-error', running: true },
        { vmid: 111, name: 'moved', node: 'pve1' },
        { vmid: 112, name: 'stubborn', running: true },
        { vmid: 113, name: 'paused-too', running: true },
      ],
    },
  })
  const { faults } = lab.simulator
  faults.shutdownIgnored(102)
  faults.shutdownIgnored(112)
  const { native } = await nativeClient()
  await native.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 103, acpi: false })
  faults.apply({ type: 'set-qmp-status', vmid: 104, status: 'paused' })
  faults.apply({ type: 'set-qmp-status', vmid: 113, status: 'paused' })
  faults.apply({ type: 'set-qmp-status', vmid: 105, status: 'suspended' })
  faults.apply({ type: 'set-qmp-status', vmid: 110, status: 'guest-panicked' })
})
afterAll(() => lab.close())
beforeEach(() => lab.simulator.requests.clear())

async function nativeClient() {
  const { nativeOf } = await import('@dcm/core')
  const { proxmox } = await import('../../src/index.js')
  return { native: nativeOf(lab.port, proxmox) }
}

const ref = (vmid: number) => ({ endpoint: 'lab', id: String(vmid) })
const native = (vmid: number) => lab.simulator.vms().find((vm) => vm.vmid === vmid)
const look = async (vmid: number): Promise<VmInfo> => unwrap(await lab.port.getVm(ref(vmid)))

describe('startVm', () => {
  it('leaves a running VM alone, without a write', async () => {
    expect(await finish(await lab.port.startVm(ref(101)))).toMatchObject({ powerState: 'running' })
    expect(writes(lab)).toEqual([])
  })

  it('starts a stopped one', async () => {
    expect(await finish(await lab.port.startVm(ref(100)))).toMatchObject({ powerState: 'running' })
  })

  it.each([104, 105])('resumes a paused and a sleeping one: %d', async (vmid) => {
    expect(await finish(await lab.port.startVm(ref(vmid)))).toMatchObject({ powerState: 'running' })
    expect(writes(lab)).toEqual([expect.stringMatching(/status\/resume$/)])
  })

  it('names the lock that stands in the way', async () => {
    lab.simulator.faults.setLock(107, 'backup')
    const error = await failureOf(await lab.port.startVm(ref(107)))
    expect(error).toMatchObject({ code: 'CONFLICT', retryable: true, details: { lock: 'backup' } })
    expect((await look(107)).locked).toBe('backup')
    expect(writes(lab)).toEqual([])
    lab.simulator.faults.setLock(107, null)
  })

  it('refuses a guest in error, with the remedy', async () => {
    expect(await failureOf(await lab.port.startVm(ref(110)))).toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining("mode 'hard'"),
    })
  })

  it('finds a VM that has moved to another node', async () => {
    const seen = await look(111)
    lab.simulator.faults.moveVm(111, 'pve2')
    const vm = await finish(await lab.port.startVm(seen.ref))
    expect(vm).toMatchObject({ host: 'pve2', powerState: 'running' })
  })

  it('answers NOT_FOUND for a VM that is not there, and for a template', async () => {
    expect(await failureOf(await lab.port.startVm(ref(4242)))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await failureOf(await lab.port.startVm(ref(9000)))).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('stopVm', () => {
  it('asks the guest', async () => {
    expect(await finish(await lab.port.stopVm(ref(101)))).toMatchObject({ powerState: 'stopped' })
    expect(writes(lab)).toEqual([expect.stringMatching(/status\/shutdown$/)])
  })

  it('leaves a stopped VM alone, without a write', async () => {
    expect(await finish(await lab.port.stopVm(ref(101)))).toMatchObject({ powerState: 'stopped' })
    expect(writes(lab)).toEqual([])
  })

  it('answers TIMEOUT when the guest does not listen, and the VM still runs', async () => {
    const error = await failureOf(await lab.port.stopVm(ref(102), { graceMs: 1000 }))
    expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('graceful-then-hard') })
    expect(await look(102)).toMatchObject({ powerState: 'running' })
  })

  it('pulls the plug when asked to do so after asking', async () => {
    const vm = await finish(await lab.port.stopVm(ref(112), { mode: 'graceful-then-hard', graceMs: 1000 }))
    expect(vm.powerState).toBe('stopped')
    expect(writes(lab)).toEqual([expect.stringMatching(/shutdown$/), expect.stringMatching(/stop$/)])
  })

  it('refuses at once where nothing can ask the guest', async () => {
    const error = await failureOf(await lab.port.stopVm(ref(103)))
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', details: { reason: 'cannot-ask' } })
    expect(await failureOf(await lab.port.stopVm(ref(113)))).toMatchObject({ code: 'FAILED_PRECONDITION' })
    expect(writes(lab)).toEqual([])
  })

  it('stops hard, also paused VMs and those without ACPI', async () => {
    expect(await finish(await lab.port.stopVm(ref(113), { mode: 'hard' }))).toMatchObject({ powerState: 'stopped' })
    const vm = await finish(await lab.port.stopVm(ref(103), { mode: 'graceful-then-hard' }))
    expect(vm.powerState).toBe('stopped')
    expect(writes(lab)).toHaveLength(2)
  })

  it('throws saved memory away only when told so', async () => {
    const client = (await nativeClient()).native
    const saving = await client.task('POST /nodes/{node}/qemu/{vmid}/status/suspend', {
      node: 'pve1',
      vmid: 106,
      todisk: true,
    })
    await saving.wait()
    expect(await look(106)).toMatchObject({ powerState: 'suspended' })
    const error = await failureOf(await lab.port.stopVm(ref(106), { mode: 'hard' }))
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', message: expect.stringContaining('discardSavedState') })
    const vm = await finish(await lab.port.stopVm(ref(106), { mode: 'hard', discardSavedState: true }))
    expect(vm.powerState).toBe('stopped')
    expect(native(106)?.lock).toBeUndefined()
  })
})

describe('restartVm', () => {
  it('waits until the VM runs in another process', async () => {
    const before = native(108)?.pid
    expect(await finish(await lab.port.restartVm(ref(108)))).toMatchObject({ powerState: 'running' })
    expect(native(108)?.pid).not.toBe(before)
  })

  it('resets hard', async () => {
    expect(await finish(await lab.port.restartVm(ref(109), { mode: 'hard' }))).toMatchObject({ powerState: 'running' })
    expect(writes(lab)).toEqual([expect.stringMatching(/status\/reset$/)])
  })

  it('refuses a stopped VM', async () => {
    expect(await failureOf(await lab.port.restartVm(ref(101)))).toMatchObject({ code: 'FAILED_PRECONDITION' })
    expect(writes(lab)).toEqual([])
  })
})

describe('power operations whose answer is lost', () => {
  const tasks = (verb: string) =>
    lab.simulator.tasks().filter(({ type, id }) => type === `qm${verb}` && id === '108').length

  it.each([
    ['shutdown', 'stopped', () => lab.port.stopVm(ref(108))],
    ['start', 'running', () => lab.port.startVm(ref(108))],
    ['reboot', 'running', () => lab.port.restartVm(ref(108))],
    ['reset', 'running', () => lab.port.restartVm(ref(108), { mode: 'hard' as const })],
    ['stop', 'stopped', () => lab.port.stopVm(ref(108), { mode: 'hard' as const })],
  ] as const)('%s is found, and done once', async (verb, state, begin) => {
    const before = tasks(verb)
    lab.simulator.faults.add({
      match: { method: 'POST', path: new RegExp(`status/${verb}$`), times: 1 },
      action: { type: 'drop-after' },
    })
    expect(await finish<'startVm' | 'stopVm' | 'restartVm'>(await begin())).toMatchObject({ powerState: state })
    expect(tasks(verb)).toBe(before + 1)
  })
})
