import { unwrap } from '@dcm/core'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, reference, type VsphereClient } from '../src/client/index.js'
import { connectPort, firstVm } from './adapter/connect-port.js'
import { failure } from './misbehaviour/on-simulator.js'

const password = 'hunter2-of-the-login'
const said = `the login with ${password} does not help here`
const told = 'the login with *** does not help here'

const envelope = (method: string, returnval: string): string =>
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
  `<soapenv:Body><${method}Response xmlns="urn:vim25"><returnval>${returnval}</returnval></${method}Response></soapenv:Body></soapenv:Envelope>`
const fault = (name: string): string => `<fault xsi:type="${name}"/><localizedMessage>${said}</localizedMessage>`

describe('a secret that the server repeats in a fault', () => {
  let simulator: VsphereSimulator
  let client: VsphereClient

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 500, password, seed: { running: false } })
    const { url, fingerprint256, credentials } = simulator
    client = createVsphereClient({ url, fingerprint256, auth: credentials })
  })
  afterEach(() => simulator.faults.clear())
  afterAll(async () => {
    await client?.close()
    await simulator?.close()
  })

  function answer(method: string, returnval: string): void {
    simulator.faults.add({
      match: { path: callPath(method), times: 1 },
      action: { type: 'reply', reply: { status: 200, body: envelope(method, returnval) } },
    })
  }

  it('is in no error of an operation whose task ends so', async () => {
    const port = await connectPort({ ...simulator, ...simulator.credentials })
    simulator.faults.failNextTask({ method: 'PowerOnVM_Task', fault: 'InvalidDatastore', message: said })
    const ended = await unwrap(await port.startVm(await firstVm(port))).wait()
    await port.close()
    if (ended.ok) throw new Error('the start was to fail')
    expect(ended.error.message).toContain(told)
    expect(JSON.stringify(ended.error)).not.toContain(password)
  })

  it('is in no error of a lease that ends so', async () => {
    await client.sessionCookie()
    const [vm] = simulator.vms()
    const entity = reference('VirtualMachine', vm?.ref ?? '')
    const properties = `<propSet><name>state</name><val xsi:type="HttpNfcLeaseState">error</val></propSet><propSet><name>error</name><val xsi:type="LocalizedMethodFault">${fault('FileLocked')}</val></propSet>`
    answer('RetrievePropertiesEx', `<objects><obj type="HttpNfcLease">lease-1</obj>${properties}</objects>`)
    const error = await failure(client.exportOvf({ entity, name: 'web', file: async () => undefined }))
    expect(error.message).toContain(told)
    expect(error.causes.flatMap(({ messages }) => messages).join()).not.toContain(password)
  })

  it('is in no error of a descriptor that is refused so', async () => {
    const empty =
      '<eula/><approximateDownloadSize>1</approximateDownloadSize><approximateFlatDeploymentSize>1</approximateFlatDeploymentSize><approximateSparseDeploymentSize>1</approximateSparseDeploymentSize><defaultEntityName>a</defaultEntityName><virtualApp>false</virtualApp><defaultDeploymentOption/>'
    answer('ParseDescriptor', `${empty}<error>${fault('OvfInvalidPackage')}</error>`)
    const error = await failure(client.parseOvf('<Envelope/>'))
    expect(error.message).toContain(told)
    expect(error.causes).toEqual([{ name: 'OvfInvalidPackage', messages: [told] }])
  })
})
