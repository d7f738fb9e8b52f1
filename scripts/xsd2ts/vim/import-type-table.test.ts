import { expect, it } from 'vitest'
import { members } from '../testing/schema-files.js'
import { vimFactsText } from './facts-text.js'
import { importTypeTable } from './import-type-table.js'
import { modelOfVimFacts } from './read-vim-facts.js'
import type { VimTypeTable } from './type-table.js'

const table: VimTypeTable = {
  meta: { schema: '9.1.0.0' },
  types: {
    DynamicData: { b: null, p: [], v: 'vmodl.DynamicData' },
    ManagedObjectReference: { b: 'xsd:string', p: [], attrs: [['type', 'xsd:string', null]] },
    MethodFault: { b: null, p: [] },
    Busy: { b: 'MethodFault', p: [], v: 'vim.fault.Busy', s: '2.0' },
    Spec: {
      b: 'DynamicData',
      s: '2.0',
      v: 'vim.vm.Spec',
      p: [
        ['name', 'xsd:string', ''],
        ['host', 'ManagedObjectReference', '?', '4.0', 'HostSystem'],
        ['password', 'xsd:string', '?S'],
        ['mode', 'xsd:string', '?*', '2.0', 'Mode'],
      ],
    },
  },
  enums: { Mode: { v: ['on', 'off'], s: '2.0', late: { off: '9.1.0.0' } } },
  managed: {
    Machine: {
      b: 'ManagedObject',
      s: '2.0',
      v: 'vim.Machine',
      p: [['host', 'HostSystem', '?*', '2.0', 'System.View']],
      m: {
        Start_Task: {
          p: [['spec', 'Spec', '']],
          r: ['ManagedObjectReference', ''],
          task: 'Machine',
          f: ['Busy'],
          s: '2.0',
          priv: 'VM.Start',
        },
        stop: { p: [] },
      },
    },
    HostSystem: { b: null, p: [], m: {} },
  },
  unassignedMethods: { Query: { p: [], r: ['xsd:int', '?*'], f: [] } },
}

it('brings a table into the form of our facts', () => {
  const facts = importTypeTable(table)
  expect(facts.types.Spec).toEqual({
    extends: 'DynamicData',
    since: '2.0',
    native: 'vim.vm.Spec',
    properties: [
      'name:string',
      'host:ManagedObjectReference?@4.0=HostSystem',
      'password:string?!',
      'mode:string?*=Mode',
    ],
  })
  expect(facts.managedTypes.Machine?.properties).toEqual(['host:ManagedObjectReference?*=HostSystem%System.View'])
  expect(Object.keys(facts.types)).toEqual([...Object.keys(facts.types)].sort())
})

it('writes text that holds the same facts, whatever the order of the table', () => {
  const facts = importTypeTable(table)
  expect(JSON.parse(vimFactsText(facts))).toEqual(facts)
  const reversed = { ...table, types: Object.fromEntries(Object.entries(table.types).reverse()) }
  expect(vimFactsText(importTypeTable(reversed))).toBe(vimFactsText(facts))
})

it('becomes a model with requests, responses, faults and managed types', () => {
  const model = modelOfVimFacts(importTypeTable(table))
  expect(members(model, 'Spec')).toEqual([
    'name:string!',
    'host:ManagedObjectReference',
    'password:string',
    'mode:string*',
  ])
  expect(members(model, 'ManagedObjectReference')).toEqual(['@type:token!', '#value:string!'])
  expect(members(model, 'StartRequestType')).toEqual(['_this:ManagedObjectReference!', 'spec:Spec!'])
  expect(members(model, 'Start_TaskResponse')).toEqual(['returnval:ManagedObjectReference!'])
  expect(members(model, 'stopResponse')).toEqual([])
  expect(members(model, 'QueryResponse')).toEqual(['returnval:int*'])
  expect(model.elements.map(({ name }) => name)).toEqual([
    'Start_Task',
    'Start_TaskResponse',
    'stop',
    'stopResponse',
    'Query',
    'QueryResponse',
    'BusyFault',
    'MethodFaultFault',
  ])
  expect(model.managedTypes.find(({ name }) => name === 'Machine')?.methods[0]).toEqual({
    name: 'Start_Task',
    request: '{urn:vim25}StartRequestType',
    response: '{urn:vim25}Start_TaskResponse',
    faults: ['Busy'],
    task: 'Machine',
    facts: { since: '2.0', privilege: 'VM.Start' },
  })
})
