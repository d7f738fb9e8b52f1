import { join } from 'node:path'
import { expect, it } from 'vitest'
import { members, writeFiles } from '../testing/schema-files.js'
import { readSchemas } from '../xsd/read-schemas.js'

const types = `<types><schema targetNamespace="urn:v" xmlns="http://www.w3.org/2001/XMLSchema" xmlns:v="urn:v" elementFormDefault="qualified">
<include schemaLocation="types.xsd"/>
<element name="Start_Task" type="v:StartRequestType"/>
<element name="Start_TaskResponse"><complexType><sequence><element name="returnval" type="string"/></sequence></complexType></element>
<element name="BusyFault" type="v:Busy"/>
</schema></types>`
const messages = `<message name="In"><part name="p" element="v:Start_Task"/></message>
<message name="Out"><part name="p" element="v:Start_TaskResponse"/></message>
<message name="Busy"><part name="p" element="v:BusyFault"/></message>`
const portType = `<portType name="Port"><operation name="Start_Task"><input message="v:In"/><output message="v:Out"/><fault name="Busy" message="v:Busy"/></operation></portType>`

function wsdl(...parts: readonly string[]): string {
  return `<definitions targetNamespace="urn:v" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:v="urn:v">\n${parts.join('\n')}\n</definitions>`
}

const schema = `<schema targetNamespace="urn:v" xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
<complexType name="StartRequestType"><sequence><element name="_this" type="string"/><element name="force" type="boolean" minOccurs="0"/></sequence></complexType>
<complexType name="Busy"/></schema>`

it('reads operations with the types of their messages, over imported files', () => {
  const folder = writeFiles({
    'types.xsd': schema,
    'inner.wsdl': wsdl(types, messages, portType),
    'service.wsdl': wsdl('<import namespace="urn:v" location="inner.wsdl"/>', '<service name="S"/>'),
  })
  const model = readSchemas([join(folder, 'service.wsdl')])
  expect(model.managedTypes).toEqual([
    {
      name: 'Port',
      base: undefined,
      properties: [],
      facts: {},
      methods: [
        {
          name: 'Start_Task',
          request: '{urn:v}StartRequestType',
          response: '{urn:v}Start_TaskResponse#inner',
          faults: ['Busy'],
          facts: {},
        },
      ],
    },
  ])
  expect(members(model, 'StartRequestType')).toEqual(['_this:string!', 'force:boolean'])
})

it('refuses messages that are not document/literal', () => {
  const folder = writeFiles({
    'types.xsd': schema,
    'a.wsdl': wsdl(types, messages.replace('element="v:Start_Task"', 'type="v:Busy"'), portType),
  })
  expect(() => readSchemas([join(folder, 'a.wsdl')])).toThrow(/a\.wsdl:\d+: .*only document\/literal/)
})

it('refuses one-way operations', () => {
  const folder = writeFiles({
    'types.xsd': schema,
    'a.wsdl': wsdl(types, messages, portType.replace('<output message="v:Out"/>', '')),
  })
  expect(() => readSchemas([join(folder, 'a.wsdl')])).toThrow(/has no output; one-way operations/)
})
