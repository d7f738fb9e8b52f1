import { expect, it } from 'vitest'
import { kebabCase, makeIdentifier, pascalCase } from './identifiers.js'

it('makes identifiers of names', () => {
  expect(makeIdentifier('X-API-Session')).toBe('XAPISession')
  expect(makeIdentifier('PowerOnVM_Task')).toBe('PowerOnVM_Task')
  expect(makeIdentifier('K2.Boot.Mode')).toBe('K2BootMode')
  expect(makeIdentifier('3com')).toBe('_3com')
})

it('makes file names of type names', () => {
  expect(['VirtualIOServer', 'SRIOVEthernetLogicalPort', 'HttpNfcLease', 'FCMap2Port', 'a_b'].map(kebabCase)).toEqual([
    'virtual-io-server',
    'sriov-ethernet-logical-port',
    'http-nfc-lease',
    'fc-map2-port',
    'a-b',
  ])
  expect(pascalCase('shared/vm-device')).toBe('SharedVmDevice')
})
