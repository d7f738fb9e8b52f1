import { type HypervisorPort, type OperationHandle, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort } from './connect-port.js'

// Each run dies at one of its checkpoints. Before it is resumed its VM is removed, and somebody puts one of his own into the
// same folder under the same name, which is what claims of creations go by.
describe('a VM that has the name of one that is gone', () => {
  let simulator: VsphereSimulator
  let port: HypervisorPort<typeof vsphere>

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 200 })
    port = await connectPort({ ...simulator, ...simulator.credentials })
  })
  afterAll(async () => {
    await port?.close()
    await simulator?.close()
  })

  const named = (name: string) => simulator.vms().filter((vm) => vm.name === name)

  async function create(name: string, stored: OperationHandle<'createVm'>[] = []) {
    const spec = { name, source: { from: 'template', template: { name: 'debian-13-cloud' } }, cpus: 3 } as const
    const onCheckpoint = (handle: OperationHandle) => void stored.push(handle as OperationHandle<'createVm'>)
    return unwrap(await unwrap(await port.createVm(spec, { idempotencyKey: name, onCheckpoint })).wait())
  }

  /** The checkpoints of a creation whose VM was replaced since, and the other VM. */
  async function replaced(name: string) {
    const stored: OperationHandle<'createVm'>[] = []
    await create(name, stored)
    expect(stored.length).toBeGreaterThan(5)
    const [made] = named(name)
    simulator.faults.removeVm(name)
    simulator.faults.addVm(name)
    const [other] = named(name)
    expect(other).toMatchObject({ folder: made?.folder })
    return stored.map((handle) => [handle, other] as const)
  }

  const where = ({ cursor: { step, stage } }: OperationHandle) => `at ${step}, ${stage}`

  it('is left alone by a removal, whichever checkpoint it is resumed from', async () => {
    const vm = await create('removed')
    const stored: OperationHandle<'deleteVm'>[] = []
    const onCheckpoint = (handle: OperationHandle) => void stored.push(handle as OperationHandle<'deleteVm'>)
    unwrap(await unwrap(await port.deleteVm(vm.ref, { force: true, onCheckpoint })).wait())
    expect(named('removed')).toEqual([])
    expect(stored.length).toBeGreaterThan(3)
    simulator.faults.addVm('removed')
    const [other] = named('removed')
    for (const handle of stored) {
      const report = await unwrap(await port.resumeOperation(handle)).wait()
      expect(report, where(handle)).toMatchObject({ ok: true })
      expect(named('removed'), where(handle)).toEqual([other])
    }
  })

  it('is neither adopted nor changed by a creation that is resumed at any checkpoint', async () => {
    for (const [handle, other] of await replaced('resumed')) {
      const operation = await port.resumeOperation(handle)
      const told = operation.ok ? await operation.value.wait() : operation
      // Before the answer of its own clone only the name is known, which is the other one's by now.
      const code = where(handle) === 'at make, intent' ? 'CONFLICT' : 'NOT_FOUND'
      expect(told, where(handle)).toMatchObject({ ok: false, error: { code } })
      expect(named('resumed'), where(handle)).toEqual([other])
    }
  })

  it('is left alone by a creation that is cancelled at any checkpoint', async () => {
    for (const [handle, other] of await replaced('cancelled')) {
      await unwrap(await port.resumeOperation(handle)).cancel()
      expect(named('cancelled'), where(handle)).toEqual([other])
    }
  })
})
