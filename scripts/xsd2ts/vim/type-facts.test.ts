import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type PropertyFacts, readProperty, writeProperty } from './type-facts.js'

it('reads the parts of a property', () => {
  expect(readProperty('host:ManagedObjectReference?*@2.5u2=HostSystem%System.View')).toEqual({
    name: 'host',
    type: 'ManagedObjectReference',
    optional: true,
    list: true,
    secret: false,
    since: '2.5u2',
    of: 'HostSystem',
    privilege: 'System.View',
  })
  expect(() => readProperty('host')).toThrow('host is not a property')
})

it('reads what it wrote', () => {
  const word = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/)
  const property: fc.Arbitrary<PropertyFacts> = fc.record(
    {
      name: fc.oneof(word, fc.constant('')),
      type: word,
      optional: fc.boolean(),
      list: fc.boolean(),
      secret: fc.boolean(),
      since: fc.constantFrom('2.0', '2.5u2server', '9.1.0.0'),
      of: word,
      privilege: fc.constantFrom('System.View', 'VirtualMachine.Interact.PowerOn'),
    },
    { requiredKeys: ['name', 'type', 'optional', 'list', 'secret'] },
  )
  fc.assert(
    fc.property(property, (given) => {
      expect(readProperty(writeProperty(given))).toEqual(given)
    }),
  )
})
