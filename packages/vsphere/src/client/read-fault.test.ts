import type { SoapFault } from '@dcm/wire/xml'
import { describe, expect, it } from 'vitest'
import { answerDecoder, loadSchema } from './codec.js'
import { isFault } from './error.js'
import { errorOfSoapFault, faultSchema } from './read-fault.js'

function envelope(detail: string, faultstring = ''): string {
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode>
    <faultstring>${faultstring}</faultstring><detail>${detail}</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`
}

async function read(text: string, small = false) {
  const schema = small ? await loadSchema(['property-collector']) : await faultSchema()
  const fault = answerDecoder(schema).decode(text).Body?.content?.value as SoapFault
  return errorOfSoapFault(fault, {
    host: 'vcenter.example:443',
    operation: 'CloneVM_Task',
    redact: (said) => said.replaceAll('hunter2', '***'),
  })
}

describe('a fault as an error', () => {
  it('has the types it extends, the whole chain of causes, and no secret', async () => {
    const error = await read(
      envelope(`<InvalidVmConfigFault xmlns="urn:vim25" xsi:type="InvalidVmConfig">
        <faultCause><fault xsi:type="SystemError"><faultMessage><key>k</key><message>disk hunter2 is gone</message></faultMessage><reason>r</reason></fault>
        <localizedMessage>A general error</localizedMessage></faultCause><property>deviceChange</property></InvalidVmConfigFault>`),
    )
    expect(error.faultNames).toEqual(['InvalidVmConfig', 'VmConfigFault', 'VimFault', 'MethodFault'])
    expect(error.kind).toBe('validation')
    expect(error.causes).toEqual([
      { name: 'InvalidVmConfig', messages: [] },
      { name: 'SystemError', messages: ['A general error', 'disk *** is gone'] },
    ])
    expect(error.message).toBe('CloneVM_Task: InvalidVmConfig (property deviceChange): A general error')
    expect(JSON.stringify(error)).not.toContain('hunter2')
    expect(isFault(error, 'VmConfigFault')).toBe(true)
    expect(isFault(error, 'DuplicateName')).toBe(false)
  })

  it('is read the same where the schema that met it knows no faults', async () => {
    const text = envelope(
      `<DuplicateNameFault xmlns="urn:vim25" xsi:type="DuplicateName"><name>a%2fb</name><object type="VirtualMachine">vm-7</object></DuplicateNameFault>`,
    )
    for (const error of [await read(text), await read(text, true)]) {
      expect(error.kind).toBe('already-exists')
      if (!isFault(error, 'DuplicateName')) throw new Error('another fault')
      expect(error.fault).toMatchObject({ name: 'a%2fb', object: { type: 'VirtualMachine', value: 'vm-7' } })
    }
  })

  it('is recognised with an ending too many, without a type, and when nobody knows it', async () => {
    const doubled = `<InvalidPropertyFault xmlns="urn:vim25" xsi:type="InvalidPropertyFault"><name>token</name></InvalidPropertyFault>`
    expect((await read(envelope(doubled))).faultNames).toEqual(['InvalidProperty', 'MethodFault'])
    const untyped = `<NotAuthenticatedFault xmlns="urn:vim25"><privilegeId>System.View</privilegeId></NotAuthenticatedFault>`
    expect((await read(envelope(untyped))).faultName).toBe('NotAuthenticated')
    const unknown = await read(envelope(`<NewFault xmlns="urn:vim25" xsi:type="BrandNew"/>`, 'something'))
    expect(unknown).toMatchObject({ kind: 'internal', faultName: 'BrandNew' })
    expect(unknown.message).toContain('something')
  })
})
