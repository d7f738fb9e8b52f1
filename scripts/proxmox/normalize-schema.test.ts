import { describe, expect, it } from 'vitest'
import type { VendorSchema } from './api-tree.js'
import { normalizeProperties, normalizeSchema } from './normalize-schema.js'
import type { PropertyString, Schema } from './schema.js'

const grammars: Record<string, PropertyString> = {}

function normalize(vendor: VendorSchema): Schema {
  return normalizeSchema('x', vendor, (name, grammar) => {
    grammars[name] = grammar
    return name
  })
}

describe('normalizeSchema', () => {
  it('turns numbers written as text into numbers', () => {
    const vendor = { type: 'integer', minimum: '0', maximum: '16777216', default: '16777216' }
    expect(normalize(vendor)).toEqual({ type: 'integer', minimum: 0, maximum: 16777216, default: 16777216 })
  })

  it('drops sentences that stand where a number belongs', () => {
    expect(normalize({ type: 'integer', default: 'cgroup v1: 1024, cgroup v2: 100' })).toEqual({ type: 'integer' })
    expect(normalize({ type: 'string', default: 'same as user' })).toEqual({ type: 'string' })
  })

  it.each([
    ['1', true],
    [1, true],
    ['yes', true],
    ['off', false],
    ['false', false],
    [0, false],
  ])('reads the boolean default %j as %j', (value, expected) => {
    expect(normalize({ type: 'boolean', default: value })).toEqual({ type: 'boolean', default: expected })
  })

  it('drops null where choices or a default belong', () => {
    expect(normalize({ type: 'string', enum: null, default: null })).toEqual({ type: 'string' })
  })

  it('takes a schema with choices and no type for text', () => {
    expect(normalize({ enum: ['a', 'b'] })).toEqual({ type: 'string', enum: ['a', 'b'] })
  })

  it('takes a schema with members and no type for an object', () => {
    expect(normalize({ properties: { upid: { type: 'string' } } })).toEqual({
      type: 'object',
      properties: { upid: { type: 'string' } },
      required: ['upid'],
    })
  })

  it('leaves `any` unknown', () => {
    expect(normalize({ type: 'any' })).toEqual({})
  })

  it('keeps no sentence of the vendor, whatever its name', () => {
    const vendor = {
      type: 'string',
      description: 'Some prose.',
      verbose_description: 'More.',
      title: 'T',
      typetext: '<x>',
    }
    expect(normalize(vendor)).toEqual({ type: 'string' })
  })

  it('keeps property strings apart, with aliases and the default key', () => {
    const schema = normalize({
      type: 'string',
      format: {
        model: { type: 'string', default_key: 1, enum: ['virtio'] },
        virtio: { alias: 'macaddr', keyAlias: 'model' },
        tag: { type: 'integer', optional: '1', minimum: 1 },
      },
    })
    expect(schema).toEqual({ type: 'string', 'x-property-string': 'x' })
    expect(grammars.x).toEqual({
      model: { type: 'string', enum: ['virtio'], defaultKey: true },
      tag: { type: 'integer', minimum: 1, optional: true },
      virtio: { alias: 'macaddr', keyAlias: 'model' },
    })
  })

  it('reads the grammar of a format that is only named from its type text', () => {
    const schema = normalize({ type: 'string', format: 'pve-qm-ipconfig', typetext: '[gw=<IPv4>] [,ip=<CIDR>]' })
    expect(schema).toEqual({ type: 'string', format: 'pve-qm-ipconfig', 'x-property-string': 'x' })
    expect(Object.keys(grammars.x ?? {})).toEqual(['gw', 'ip'])
  })
})

describe('normalizeProperties', () => {
  it('requires no member that is optional in one of its variants', () => {
    const variants = [
      { 'instance-types': ['a'], optional: 1, type: 'array' },
      { 'instance-types': ['b'], type: 'array' },
    ]
    const { required } = normalizeProperties({ filters: { type: 'array', oneOf: variants } }, () => 'x')
    expect(required).toBeUndefined()
  })

  it('sorts members, makes patterns of indexed ones and lists what is required', () => {
    const members = {
      vmid: { type: 'integer' },
      'net[n]': { type: 'string', optional: 1 },
      name: { type: 'string', optional: '1' },
    }
    expect(normalizeProperties(members, () => 'x')).toEqual({
      properties: { name: { type: 'string' }, vmid: { type: 'integer' } },
      patternProperties: { '^net[0-9]+$': { type: 'string' } },
      required: ['vmid'],
    })
  })
})
