import { type HypervisorPort, unwrap, type VmRef } from '@dcm/core'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { connectPort } from './connect-port.js'

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
  const begun = await port.deleteVm(ref)
  expect(begun.ok ? await begun.value.wait() : begun).toMatchObject({
    error: { code: 'FAILED_PRECONDITION', details: { reason: 'unreachable' } },
  })
  expect(simulator.vms()).toHaveLength(2)
})
