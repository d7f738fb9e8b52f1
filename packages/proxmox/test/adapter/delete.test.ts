import { unwrap } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, finish, type Lab, startLab, writes } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    seed: {
      vms: [
        { vmid: 100, name: 'plain' },
        { vmid: 101, name: 'running', running: true },
        { vmid: 102, name: 'replaced' },
        { vmid: 103, name: 'replaced-late', running: true },
        { vmid: 104, name: 'locked' },
        { vmid: 105, name: 'messy' },
        { vmid: 106, name: 'lost' },
        { vmid: 107, name: 'protected' },
      ],
    },
  })
})
afterAll(() => lab.close())
beforeEach(() => lab.simulator.requests.clear())

const ref = (vmid: number) => ({ endpoint: 'lab', id: String(vmid) })
const exists = (vmid: number) => lab.simulator.vms().some((vm) => vm.vmid === vmid)

describe('deleteVm', () => {
  it('names what it removed; a VM that is not there is success', async () => {
    const report = await finish(await lab.port.deleteVm(ref(100)))
    expect(report).toEqual({ removed: ['100', 'shared:100/vm-100-disk-0.qcow2'], left: [] })
    lab.simulator.requests.clear()
    expect(await finish(await lab.port.deleteVm(ref(100)))).toEqual({ removed: [], left: [] })
    expect(writes(lab)).toEqual([])
  })

  it('refuses a running VM without force', async () => {
    const error = await failureOf(await lab.port.deleteVm(ref(101)))
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', details: { reason: 'running' } })
    expect(writes(lab)).toEqual([])
    await finish(await lab.port.deleteVm(ref(101), { force: true }))
    expect(exists(101)).toBe(false)
  })

  it('refuses another VM that got the id, also between plan and write', async () => {
    const { ref: old } = unwrap(await lab.port.getVm(ref(102)))
    lab.simulator.faults.apply({ type: 'replace-vm', vmid: 102 })
    expect(await failureOf(await lab.port.deleteVm(old))).toMatchObject({ code: 'FAILED_PRECONDITION' })
    expect(unwrap(await lab.port.listVms()).items.some(({ ref: { id } }) => id === '102')).toBe(true)
    expect((await lab.port.getVm(old)).ok).toBe(false)

    const operation = unwrap(await lab.port.deleteVm(ref(103), { force: true }))
    lab.simulator.faults.apply({ type: 'replace-vm', vmid: 103 })
    const ended = await operation.wait()
    expect(ended).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION' } })
    expect(exists(103)).toBe(true)
  })

  it('names the lock of a locked VM', async () => {
    lab.simulator.faults.setLock(104, 'backup')
    const error = await failureOf(await lab.port.deleteVm(ref(104)))
    expect(error).toMatchObject({ code: 'CONFLICT', retryable: true, details: { lock: 'backup' } })
  })

  it('lists volumes that the platform left behind', async () => {
    lab.simulator.faults.leaveVolumes()
    const operation = unwrap(await lab.port.deleteVm(ref(105)))
    const report = unwrap(await operation.wait())
    expect(report).toEqual({ removed: ['105'], left: ['shared:105/vm-105-disk-0.qcow2'] })
    expect(operation.warnings.join()).toContain('vm-105-disk-0')
  })

  it('finds a deletion whose answer was lost', async () => {
    lab.simulator.faults.add({
      match: { method: 'DELETE', path: /qemu\/106/, times: 1 },
      action: { type: 'drop-after' },
    })
    await finish(await lab.port.deleteVm(ref(106)))
    expect(exists(106)).toBe(false)
    expect(lab.simulator.tasks().filter(({ type, id }) => type === 'qmdestroy' && id === '106')).toHaveLength(1)
  })

  it('refuses what is protected, templates, and disks to be kept', async () => {
    const { nativeOf } = await import('@dcm/core')
    const { proxmox } = await import('../../src/index.js')
    await nativeOf(lab.port, proxmox).request('PUT /nodes/{node}/qemu/{vmid}/config', {
      node: 'pve1',
      vmid: 107,
      protection: true,
    })
    expect(await failureOf(await lab.port.deleteVm(ref(107)))).toMatchObject({ details: { reason: 'protected' } })
    expect(await failureOf(await lab.port.deleteVm(ref(9000)))).toMatchObject({ details: { reason: 'template' } })
    expect(await failureOf(await lab.port.deleteVm(ref(107), { disks: 'keep' }))).toMatchObject({ code: 'UNSUPPORTED' })
  })
})
