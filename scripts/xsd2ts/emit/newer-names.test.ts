import { expect, it } from 'vitest'
import { modelOfVimFacts } from '../vim/read-vim-facts.js'
import type { VimFacts } from '../vim/type-facts.js'
import { newerNames } from './newer-names.js'

const facts: VimFacts = {
  interface: 'vim25',
  namespace: 'urn:vim25',
  version: '1',
  enumerations: {},
  types: {
    Base: { properties: ['tag:string?@7.0.1.0'] },
    Config: { extends: 'Base', properties: ['old:int@5.5', 'devices:Device*', 'parent:Config?', 'tools:Tools?@6.7'] },
    Device: { properties: ['slot:int@8.0.0.1'] },
    Tools: { properties: ['mode:string@9.0.0.0'] },
  },
  managedTypes: {
    Entity: { properties: ['label:string@6.5'], methods: { Rename_Task: { since: '6.5', parameters: [] } } },
    Machine: {
      extends: 'Entity',
      properties: ['config:Config', 'spare:Config?@8.0.2.0'],
      methods: {
        Start_Task: { since: '2.0', parameters: ['how:Config', 'who:string?@7.0.2.0', 'all:Config*'] },
        Stop_Task: { since: '7.0.3.0', parameters: [] },
      },
    },
    Quiet: { properties: ['config:Device*'], methods: {} },
  },
  unassignedMethods: {},
}

it('gives the newer methods and the shortest newer paths of a managed type and its bases', () => {
  const model = modelOfVimFacts(facts, {})
  const of = (name: string) => {
    const managed = model.managedTypes.find((one) => one.name === name)
    return managed && Object.fromEntries(newerNames(model, managed))
  }
  expect(of('Machine')).toEqual({
    Stop_Task: '7.0.3.0',
    'Start_Task.how.tools': '6.7',
    'Start_Task.how.tag': '7.0.1.0',
    'Start_Task.who': '7.0.2.0',
    'config.tools': '6.7',
    'config.tag': '7.0.1.0',
    spare: '8.0.2.0',
    Rename_Task: '6.5',
    label: '6.5',
  })
  expect(of('Quiet')).toEqual({})
})
