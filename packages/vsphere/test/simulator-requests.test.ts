import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { createSoapSession, inEnvelope, type SoapAnswer, type SoapSession } from './soap-session.js'

let simulator: VsphereSimulator
let soap: SoapSession

beforeAll(async () => {
  simulator = await startVsphereSimulator({ speed: 200 })
  soap = await createSoapSession(simulator)
})
afterAll(() => simulator?.close())

const onVm = (method: string, name: string, inner = ''): Promise<SoapAnswer> =>
  soap.call(method, 'VirtualMachine', simulator.vms().find((each) => each.name === name)?.ref ?? `no ${name}`, inner)
const faultOf = ({ text }: SoapAnswer): string | undefined => /<detail><\w+Fault[^>]* xsi:type="(\w+)"/.exec(text)?.[1]

describe('requests are read as strictly as the platform reads them', () => {
  it.each([
    ['an unknown element', '<spec><noSuch>1</noSuch></spec>', 'Unexpected element tag "noSuch"'],
    ['another order', '<spec><memoryMB>64</memoryMB><numCPUs>1</numCPUs></spec>', 'Unexpected element tag "numCPUs"'],
    ['an element twice', '<spec><numCPUs>1</numCPUs><numCPUs>2</numCPUs></spec>', 'Unexpected element tag "numCPUs"'],
    ['a missing parameter', '', 'Required property spec is missing'],
    ['no number', '<spec><numCPUs>two</numCPUs></spec>', 'no value of type int'],
    ['no boolean', '<spec><cpuHotAddEnabled>yes</cpuHotAddEnabled></spec>', 'no value of type boolean'],
    [
      'no value of an enumeration',
      '<spec><deviceChange><operation>swap</operation></deviceChange></spec>',
      'enumeration',
    ],
    ['an unknown subtype', '<spec><files xsi:type="NoSuchType"/></spec>', 'is not known'],
    ['a type that is no subtype', '<spec><files xsi:type="VirtualDisk"/></spec>', 'is no VirtualMachineFileInfo'],
    ['an open place without type', '<spec><extraConfig><key>a</key><value>b</value></extraConfig></spec>', 'xsi:type'],
    ['a reference without type', '<spec/><extra/>', 'Unexpected element tag "extra"'],
  ])('%s', async (_, inner, text) => {
    const answer = await onVm('ReconfigVM_Task', 'app-01', inner)
    expect(answer.status).toBe(500)
    expect(faultOf(answer)).toBe('InvalidRequest')
    expect(answer.text).toContain(text)
  })

  it('what is no XML, no envelope, no call', async () => {
    for (const body of ['nonsense', '<a/>', inEnvelope(''), inEnvelope('<CurrentTime xmlns="urn:other"/>')]) {
      const answer = await soap.post(body)
      expect([answer.status, faultOf(answer)]).toEqual([500, 'InvalidRequest'])
    }
  })

  it('methods that a type does not have, properties that it does not have', async () => {
    expect(faultOf(await onVm('CreateFolder', 'app-01', '<name>a</name>'))).toBe('MethodNotFound')
    expect(await soap.list('VirtualMachine', ['nonsense'])).toContain('xsi:type="InvalidProperty"')
    expect(await soap.list('VirtualMachine', ['config.nonsense'])).toContain('xsi:type="InvalidProperty"')
  })
})
