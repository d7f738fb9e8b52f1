import { join } from 'node:path'
import { expect, it } from 'vitest'
import { complexNamed, members, writeFiles } from '../testing/schema-files.js'
import { readSchemas } from '../xsd/read-schemas.js'
import { overlayFacts } from './overlay-facts.js'
import { modelOfVimFacts } from './read-vim-facts.js'
import type { VimFacts } from './type-facts.js'

const facts: VimFacts = {
  interface: 'vim25',
  namespace: 'urn:vim25',
  version: '1',
  enumerations: { Mode: { values: ['on'] } },
  types: {
    ManagedObjectReference: { properties: [] },
    Spec: { since: '2.0', native: 'vim.vm.Spec', properties: ['mode:string?@4.0=Mode'] },
    Gone: { properties: [] },
  },
  managedTypes: {
    Machine: {
      properties: ['spec:Spec', 'gone:Gone?'],
      methods: {
        Start_Task: {
          parameters: ['spec:Spec'],
          result: ':ManagedObjectReference',
          task: 'void',
          privilege: 'VM.Start',
        },
        Removed: { parameters: [] },
      },
    },
  },
  unassignedMethods: {},
}

const wsdl = `<definitions targetNamespace="urn:vim25" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:v="urn:vim25">
<types><schema targetNamespace="urn:vim25" xmlns="http://www.w3.org/2001/XMLSchema" xmlns:v="urn:vim25" elementFormDefault="qualified">
<simpleType name="Mode"><restriction base="string"><enumeration value="on"/></restriction></simpleType>
<complexType name="Spec"><sequence><element name="mode" type="string" minOccurs="0"/><element name="newer" type="int" minOccurs="0"/></sequence></complexType>
<complexType name="StartRequestType"><sequence><element name="spec" type="v:Spec"/></sequence></complexType>
<element name="Start_Task" type="v:StartRequestType"/>
<element name="Start_TaskResponse"><complexType/></element>
<element name="Brandnew"><complexType/></element>
<element name="BrandnewResponse"><complexType/></element>
</schema></types>
${['Start_Task', 'Start_TaskResponse', 'Brandnew', 'BrandnewResponse'].map((name) => `<message name="${name}Msg"><part name="p" element="v:${name}"/></message>`).join('\n')}
<portType name="VimPortType">
<operation name="Start_Task"><input message="v:Start_TaskMsg"/><output message="v:Start_TaskResponseMsg"/></operation>
<operation name="Brandnew"><input message="v:BrandnewMsg"/><output message="v:BrandnewResponseMsg"/></operation>
</portType></definitions>`

it('gives methods of a WSDL their objects, and types what is known of them', () => {
  const folder = writeFiles({ 'vim.wsdl': wsdl })
  const model = overlayFacts(readSchemas([join(folder, 'vim.wsdl')]), modelOfVimFacts(facts))
  expect(model.managedTypes.map(({ name, methods }) => [name, methods.map((method) => method.name)])).toEqual([
    ['Machine', ['Start_Task']],
    ['VimPortType', ['Brandnew']],
  ])
  expect(model.managedTypes[0]?.methods[0]).toMatchObject({ task: 'void', facts: { privilege: 'VM.Start' } })
  expect(model.managedTypes[0]?.properties.map(({ name }) => name)).toEqual(['spec'])
  expect(members(model, 'Spec')).toEqual(['mode:string', 'newer:int'])
  expect(complexNamed(model, 'Spec')).toMatchObject({
    family: 'vm',
    facts: { since: '2.0', nativeName: 'vim.vm.Spec' },
  })
  expect(complexNamed(model, 'Spec').members[0]).toMatchObject({ valuesOf: '{urn:vim25}Mode', facts: { since: '4.0' } })
})
