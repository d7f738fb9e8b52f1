import { memoryOperationStore, nativeOf, type OperationHandle, unwrap, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { proxmox } from '../../src/index.js'
import { cloudVm, create, failureOf, finish, type Lab, patienceMs, startLab } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ seed: { nodes: 1 } })
})
afterAll(() => lab.close())
beforeEach(() => {
  lab.simulator.faults.clear()
  lab.simulator.faults.taskDelay(0.01)
  lab.simulator.requests.clear()
})

const deletes = () => lab.simulator.requests.entries().filter(({ method }) => method === 'DELETE').length
const vmAt = (ref: VmRef) => lab.simulator.vms().find(({ vmid }) => String(vmid) === ref.id)
const native = () => nativeOf(lab.port, proxmox)

/** A removal by a process that dies at its intent: before the call was sent, or after the node accepted it. */
async function dyingDelete(ref: VmRef, when: 'before' | 'after'): Promise<OperationHandle> {
  const port = await lab.connect()
  let left: OperationHandle | undefined
  const store = memoryOperationStore()
  const started = await port.deleteVm(ref, {
    store: {
      load: store.load,
      save: async (handle) => {
        // What was stored last before the process is gone: later checkpoints never were.
        if (left === undefined && handle.cursor.step === 'destroy' && handle.cursor.stage === 'intent') {
          left = JSON.parse(JSON.stringify(handle)) as OperationHandle
          if (when === 'after') return store.save(handle)
        }
        if (left !== undefined) throw new Error('dead')
        return store.save(handle)
      },
    },
  })
  expect(started.ok).toBe(false)
  if (left === undefined) throw new Error('it never came to its intent')
  return left
}

/** A VM of somebody else at the id that is free again: whole, not only begun. */
async function giveToAStranger(ref: VmRef): Promise<void> {
  await native().request('POST /nodes/{node}/qemu', { node: 'pve1', vmid: Number(ref.id), name: 'a-strangers' })
  await vi.waitUntil(() => vmAt(ref)?.name === 'a-strangers', { timeout: 20_000, interval: 5 })
}

async function toItsEnd(handle: OperationHandle) {
  const port = await lab.connect()
  return unwrap(await port.resumeOperation(handle)).wait({ timeoutMs: patienceMs })
}

describe('a removal whose process died, and an id that is used again', () => {
  it('is seen through when the key, and so the id, was given to a new VM meanwhile', async () => {
    const spec = cloudVm('again')
    const { ref } = await create(lab.port, spec, 'again')
    const handle = await dyingDelete(ref, 'after')
    await vi.waitUntil(() => vmAt(ref) === undefined, { timeout: 20_000, interval: 5 })
    const anew = await create(lab.port, spec, 'again')
    expect(anew.ref.id).toBe(ref.id)
    const volumes = lab.simulator.volumes().filter(({ vmid }) => String(vmid) === ref.id)
    lab.simulator.requests.clear()

    const operation = unwrap(await (await lab.connect()).resumeOperation(handle))
    const report = unwrap(await operation.wait({ timeoutMs: patienceMs }))
    expect(deletes()).toBe(0)
    // The new VM's volumes are nobody's leftovers.
    expect(report).toMatchObject({ left: [] })
    expect(operation.warnings.join()).toContain('was given to another VM')
    expect(unwrap(await lab.port.getVm(anew.ref)).ref.incarnation).toBe(anew.ref.incarnation)
    expect(lab.simulator.volumes().filter(({ vmid }) => String(vmid) === ref.id)).toEqual(volumes)
  })

  it('is not taken for done while nothing of the VM is left but the lock on its id', async () => {
    const { ref } = await create(lab.port, cloudVm('locked'))
    const handle = await dyingDelete(ref, 'before')
    const vmid = Number(ref.id)
    lab.simulator.faults.apply({ type: 'set-config', vmid, key: 'smbios1', value: null })
    lab.simulator.faults.setLock(vmid, 'destroyed')
    const { handle: waiting, ...advance } = unwrap(await lab.port.advanceOperation(handle))
    expect(advance).toMatchObject({ status: 'running', progress: { waitingFor: "what became of 'destroy'" } })
    expect(await failureOf(await lab.port.deleteVm(ref))).toMatchObject({
      code: 'CONFLICT',
      details: { lock: 'destroyed' },
    })
    lab.simulator.faults.apply({ type: 'remove-vm', vmid })
    // The one VM that may have the id now is another one.
    await giveToAStranger(ref)
    expect((await toItsEnd(waiting)).ok).toBe(true)
    expect(vmAt(ref)?.name).toBe('a-strangers')
    expect(deletes()).toBe(0)
  })

  it.each(['before', 'after'] as const)(
    "leaves a stranger's VM alone that got the id after the process had died %s it sent the call",
    async (when) => {
      const { ref } = await create(lab.port, cloudVm(`left-${when}`))
      const handle = await dyingDelete(ref, when)
      if (when === 'before') lab.simulator.faults.apply({ type: 'remove-vm', vmid: Number(ref.id) })
      await vi.waitUntil(() => vmAt(ref) === undefined, { timeout: 20_000, interval: 5 })
      await giveToAStranger(ref)
      lab.simulator.requests.clear()
      expect((await toItsEnd(handle)).ok).toBe(true)
      expect(deletes()).toBe(0)
      expect(vmAt(ref)?.name).toBe('a-strangers')
    },
  )
})

describe('the platform, while it removes a VM', () => {
  it('gives its id to nobody', async () => {
    const { ref } = await create(lab.port, cloudVm('under-way'))
    const vmid = Number(ref.id)
    lab.simulator.faults.taskDelay(1000)
    const removing = await lab.port.deleteVm(ref)
    const takeIt = () => native().request('POST /nodes/{node}/qemu', { node: 'pve1', vmid, name: 'a-strangers' })
    await expect(takeIt()).rejects.toThrow(/already exists/)
    lab.simulator.clock.advance(100_000)
    await vi.waitUntil(() => lab.simulator.vms().some((vm) => vm.vmid === vmid), { timeout: 20_000, interval: 5 })
    await vi.waitUntil(
      () => {
        try {
          lab.simulator.faults.apply({ type: 'replace-vm', vmid })
          return false
        } catch (error) {
          return /is being removed/.test(String(error))
        }
      },
      { timeout: 20_000, interval: 5 },
    )
    lab.simulator.clock.advance(500_000)
    await vi.waitUntil(() => vmAt(ref)?.config.lock === 'destroyed', { timeout: 20_000, interval: 5 })
    await expect(takeIt()).rejects.toThrow(/already exists/)
    lab.simulator.clock.advance(100_000)
    expect((await finish(removing)).left).toEqual([])
    expect(vmAt(ref)).toBeUndefined()
  })
})
