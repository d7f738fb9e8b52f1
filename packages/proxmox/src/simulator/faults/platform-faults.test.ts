import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SimulatorSession, sessionWith } from '../../../test/simulator-session.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from '../index.js'

let simulator: ProxmoxSimulator
let session: SimulatorSession
beforeEach(async () => {
  simulator = await startProxmoxSimulator({ speed: 100, seed: { vms: 2 } })
  session = sessionWith(simulator)
})
afterEach(() => simulator.close())

const clone = '/nodes/pve1/qemu/9000/clone'
const vm = (vmid: number) => simulator.vms().find((known) => known.vmid === vmid)

describe('mishaps of the platform', () => {
  it('take the id of the next clone and of the next creation, once each', async () => {
    simulator.faults.apply({ type: 'take-next-id' })
    const refused = await session.call('POST', clone, { newid: '100', name: 'mine' })
    expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('already exists')])
    expect(vm(100)?.name).toBe('somebody-100')
    simulator.faults.apply({ type: 'take-next-id' })
    expect((await session.call('POST', '/nodes/pve1/qemu', { vmid: '101' })).text).toContain('already exists')
    expect((await session.task('POST', clone, { newid: '102', name: 'mine' })).exitstatus).toBe('OK')
  })

  it('forget tasks whose work goes on', async () => {
    const { data } = await session.call('POST', clone, { newid: '100' })
    simulator.faults.apply({ type: 'forget-tasks' })
    const asked = await session.call('GET', `/nodes/pve1/tasks/${encodeURIComponent(String(data))}/status`)
    expect(asked.status).not.toBe(200)
    while (vm(100)?.lock !== undefined || vm(100) === undefined) await new Promise((resolve) => setTimeout(resolve, 2))
  })

  it('warn of a task that does its work', async () => {
    simulator.faults.apply({ type: 'warn-task', text: 'mind the gap' })
    const { exitstatus, log } = await session.task('POST', clone, { newid: '100' })
    expect([exitstatus, log[0]]).toEqual(['WARNINGS: 1', 'WARN: mind the gap'])
    expect(vm(100)).toBeDefined()
  })

  it('set keys and states by hand, and add guests', () => {
    simulator.faults.apply({ type: 'set-config', vmid: 10_001, key: 'acpi', value: 0 })
    simulator.faults.apply({ type: 'set-running', vmid: 10_001, running: true })
    expect(vm(10_001)).toMatchObject({ running: true, qmpStatus: 'running', config: { acpi: 0 } })
    simulator.faults.apply({ type: 'set-config', vmid: 10_001, key: 'acpi', value: null })
    simulator.faults.apply({ type: 'set-running', vmid: 10_001, running: false })
    expect(vm(10_001)).toMatchObject({ running: false, startedAt: undefined })
    expect(vm(10_001)?.config).not.toHaveProperty('acpi')
    simulator.faults.apply({ type: 'add-guests', count: 50 })
    expect(simulator.vms().filter(({ template }) => !template)).toHaveLength(50)
  })
})
