import { type HypervisorPort, type OperationHandle, unwrap, type VmRef } from '@dcm/core'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectPort } from './connect-port.js'
import { end } from './end.js'

let simulator: VsphereSimulator
let port: HypervisorPort
beforeAll(async () => {
  simulator = await startVsphereSimulator({ speed: 500, seed: { vms: 2, running: false, templates: false } })
  port = await connectPort({ ...simulator, ...simulator.credentials })
})
afterEach(() => simulator.faults.clear())
afterAll(async () => {
  await port?.close()
  await simulator?.close()
})

const envelope = (body: string): string =>
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
  `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
const text = (name: string, value: string, type = 'xsd:string'): string =>
  `<propSet><name>${name}</name><val xsi:type="${type}">${value}</val></propSet>`

/** What a vCenter tells of a VM whose datastore is lost: it has no configuration. */
function answersWithout(vm: string, summary = ''): void {
  const told =
    text('name', 'lost') +
    text('runtime.powerState', 'poweredOff', 'VirtualMachinePowerState') +
    text('runtime.connectionState', 'inaccessible', 'VirtualMachineConnectionState') +
    summary
  const body = envelope(
    `<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval><objects><obj type="VirtualMachine">${vm}</obj>${told}</objects></returnval></RetrievePropertiesExResponse>`,
  )
  simulator.faults.add({
    match: { path: callPath('RetrievePropertiesEx'), times: 1 },
    action: { type: 'reply', reply: { status: 200, body } },
  })
}

async function firstVm(): Promise<{ readonly ref: VmRef; readonly vm: string }> {
  const [one] = unwrap(await port.listVms()).items
  if (one === undefined) throw new Error('the simulator has no VM')
  return { ref: one.ref, vm: one.ref.locator ?? '' }
}

it('keeps the id of a VM whose configuration cannot be read, in lists and alone', async () => {
  const { ref, vm } = await firstVm()
  answersWithout(vm)
  const { items } = unwrap(await port.listVms())
  expect(items).toMatchObject([{ ref: { id: ref.id, locator: vm }, powerState: 'error', name: 'lost' }])
  answersWithout(vm, text('summary.config.instanceUuid', ref.id))
  expect(unwrap(await port.getVm(ref))).toMatchObject({ ref: { id: ref.id }, rawState: 'poweredOff/inaccessible' })
})

it('does not take a VM that cannot say who it is for one that is gone', async () => {
  const { ref, vm } = await firstVm()
  answersWithout(vm)
  simulator.faults.add({
    match: { path: callPath('FindAllByUuid'), times: 1 },
    action: { type: 'reply', reply: { status: 200, body: envelope('<FindAllByUuidResponse xmlns="urn:vim25"/>') } },
  })
  expect(await end(port.deleteVm(ref))).toMatchObject({
    error: { code: 'FAILED_PRECONDITION', details: { reason: 'unreachable' } },
  })
  expect(simulator.vms()).toHaveLength(2)
})

describe('the deletion of a VM that is lost', () => {
  const calls = () => ({ unregister: simulator.calls('UnregisterVM'), destroy: simulator.calls('Destroy_Task') })

  async function lostVm(words: { readonly connectionState: string; readonly powerState?: string }) {
    const name = `lost-${words.connectionState}`
    simulator.faults.addVm(name)
    const vm = unwrap(await port.listVms()).items.find((each) => each.name === name)
    if (vm === undefined) throw new Error(`the list has no ${name}`)
    simulator.faults.setStateWords(name, words)
    return { ref: vm.ref, name }
  }

  it.each(['orphaned', 'inaccessible', 'invalid'])('takes one that is %s out of the inventory', async (state) => {
    const { ref, name } = await lostVm({ connectionState: state })
    const before = calls()
    expect(unwrap(await port.getVm(ref)).allowedActions).toMatchObject({
      delete: { allowed: true },
      start: { allowed: false },
    })
    const report = unwrap(await end(port.deleteVm(ref)))
    expect(report.removed).toEqual([ref.id])
    expect(report.left).toEqual([expect.stringMatching(new RegExp(`^\\[.+\\] ${name}$`))])
    expect(calls()).toEqual({ unregister: before.unregister + 1, destroy: before.destroy })
    expect(simulator.vms().map((vm) => vm.name)).not.toContain(name)
  })

  it('needs force where it was running, and says so', async () => {
    const { ref, name } = await lostVm({ connectionState: 'orphaned', powerState: 'poweredOn' })
    expect(await end(port.deleteVm(ref))).toMatchObject({
      error: { code: 'FAILED_PRECONDITION', details: { reason: 'running' } },
    })
    expect(simulator.vms().map((vm) => vm.name)).toContain(name)
    simulator.faults.removeVm(name)
  })

  it('stops where the VM is back by then', async () => {
    const { ref, name } = await lostVm({ connectionState: 'inaccessible' })
    const before = calls()
    const onCheckpoint = ({ cursor }: OperationHandle) => {
      if (cursor.step === 'unregister') simulator.faults.setStateWords(name, { connectionState: 'connected' })
    }
    const ended = await end(port.deleteVm(ref, { onCheckpoint }))
    expect(ended).toMatchObject({ error: { code: 'FAILED_PRECONDITION', details: { reason: 'reachable' } } })
    expect(calls()).toEqual(before)
    expect(simulator.vms().map((vm) => vm.name)).toContain(name)
    simulator.faults.removeVm(name)
  })
})
