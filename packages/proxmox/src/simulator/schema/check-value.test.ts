import { describe, expect, it } from 'vitest'
import { checkValue } from './check-value.js'
import type { ParameterFacts } from './parameter-facts.js'

function outcome(facts: ParameterFacts, raw: unknown): unknown {
  const checked = checkValue(facts, raw, 'it')
  return checked.ok ? checked.value : checked.complaint
}

describe('checkValue', () => {
  it.each<[ParameterFacts, unknown, unknown]>([
    [{ type: 'boolean' }, 'true', "type check ('boolean') failed - got 'true'"],
    [{ type: 'boolean' }, true, 1],
    [{ type: 'boolean' }, '0', 0],
    [{ type: 'integer' }, 'x', "type check ('integer') failed - got 'x'"],
    [{ type: 'integer', minimum: 1 }, '0', 'value must have a minimum value of 1'],
    [{ type: 'integer', maximum: 3 }, 4, 'value must have a maximum value of 3'],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'string', maxLength: 2 }, 'abc', 'value may only be 2 characters long'],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', "value 'c' does not have a value in the enumeration 'a, b'"],
    [{ type: 'string', pattern: '^[a-c]+$' }, 'd', 'value does not match the regex pattern'],
    [
      { type: 'integer', format: 'pve-vmid', minimum: 100 },
      '1',
      'invalid format - value does not look like a valid VM ID\n',
    ],
    [{ type: 'string', format: 'urlencoded' }, 'a b', 'invalid format - invalid urlencoded string: a b\n'],
    [{ type: 'string', format: 'pve-vmid-list' }, '100,1', 'invalid format - value does not look like a valid VM ID\n'],
    [{ type: 'string', format: 'pve-vmid-list' }, ['100', '101'], '100,101'],
    [{ type: 'array', items: { type: 'string' } }, 'one', ['one']],
    [{ type: 'array', items: { type: 'integer' } }, ['1', '2'], [1, 2]],
    [{ type: 'string' }, ['a', 'b'], "type check ('string') failed - got 'a,b'"],
    [{ type: 'string' }, { a: 1 }, "type check ('string') failed - got '[object]'"],
  ])('%j of %j', (facts, raw, expected) => {
    expect(outcome(facts, raw)).toEqual(expected)
  })
})
