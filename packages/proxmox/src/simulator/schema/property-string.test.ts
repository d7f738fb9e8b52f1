import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PropertyStringFacts } from './parameter-facts.js'
import { parsePropertyString, printPropertyString, readPropertyString } from './property-string.js'

const network: PropertyStringFacts = {
  model: { type: 'string', enum: ['virtio', 'e1000'], defaultKey: true },
  macaddr: { type: 'string', format: 'mac-addr', optional: true },
  virtio: { alias: 'macaddr', keyAlias: 'model' },
  e1000: { alias: 'macaddr', keyAlias: 'model' },
  bridge: { type: 'string', optional: true },
  firewall: { type: 'boolean', optional: true },
  tag: { type: 'integer', minimum: 1, maximum: 4094, optional: true },
}

function read(text: string): Record<string, string> | string {
  const parsed = parsePropertyString(network, text, 'net0')
  return parsed.ok ? Object.fromEntries(parsed.values) : parsed.complaint
}

describe('parsePropertyString', () => {
  it('takes a bare value for the default key', () => {
    expect(read('virtio,bridge=vmbr0')).toEqual({ model: 'virtio', bridge: 'vmbr0' })
  })

  it('reads a key that is itself a value', () => {
    expect(read('virtio=BC:24:11:00:00:01')).toEqual({ model: 'virtio', macaddr: 'BC:24:11:00:00:01' })
  })

  it.each([
    ['virtio,bridge', 'duplicate key in comma-separated list property: model\n'],
    ['virtio=BC:24:11:00:00:01,e1000=BC:24:11:00:00:02', 'duplicate key in comma-separated list property: model\n'],
    ['nope', "format error\nnet0.model: value 'nope' does not have a value in the enumeration 'virtio, e1000'\n"],
    ['bridge=vmbr0', 'format error\nnet0.model: property is missing and it is not optional\n'],
    ['virtio,tag=0', 'format error\nnet0.tag: value must have a minimum value of 1\n'],
    [
      'virtio,colour=red',
      'format error\nnet0.colour: property is not defined in schema and the schema does not allow additional properties\n',
    ],
    [
      'virtio=01:00:00:00:00:00',
      'format error\nnet0.macaddr: invalid format - value does not look like a valid unicast MAC address\n\n',
    ],
  ])('refuses %s in the platform words', (text, complaint) => {
    expect(read(text)).toBe(complaint)
  })

  it('takes words for booleans', () => {
    for (const word of ['1', 'on', 'yes', 'true', '0', 'off', 'no', 'false']) {
      expect(read(`virtio,firewall=${word}`)).toMatchObject({ firewall: word })
    }
  })

  it('reads back what it prints', () => {
    const key = fc.constantFrom('bridge', 'tag', 'rate', 'mtu')
    const value = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }), (rest) => {
        const pairs: [string, string][] = [['model', 'virtio'], ...rest]
        expect([...readPropertyString(printPropertyString(pairs, 'model'), 'model')]).toEqual(pairs)
      }),
    )
  })
})
