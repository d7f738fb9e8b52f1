import { describe, expect, it } from 'vitest'
import { writeType } from './emit-operations.js'
import { Expression, literal, memberName, quote } from './typescript-text.js'

describe('literal', () => {
  it('writes data that reads back as it was', () => {
    const value = { a: "it's", 'b-c': ['\\d\n', null, true, 1.5], d: {} }
    for (const used of [0, 110]) {
      const text = literal(value, '', used)
      expect(new Function(`return ${text}`)()).toEqual(value)
    }
  })

  it('puts names of constants in as they are', () => {
    expect(literal({ a: new Expression('grammars.net') })).toBe('{ a: grammars.net }')
  })

  it('quotes only names that need it', () => {
    expect([memberName('vmid'), memberName('full-tokenid'), quote("a'b\\")]).toEqual([
      'vmid',
      "'full-tokenid'",
      "'a\\'b\\\\'",
    ])
  })
})

describe('writeType', () => {
  it.each([
    [{ type: 'integer' }, 'number'],
    [{ type: 'null' }, 'null'],
    [{}, 'unknown'],
    [{ type: 'object' }, '{ [key: string]: unknown }'],
    [{ type: 'object', additionalProperties: false }, 'Record<string, never>'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{ [key: string]: boolean }'],
    [{ type: 'array' }, 'unknown[]'],
    [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, "('a' | 'b')[]"],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ oneOf: [{ $ref: '#/components/schemas/Upid' }, { type: 'null' }] }, 'Upid | null'],
    [
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        patternProperties: { '^net[0-9]+$': { type: 'string' } },
        required: ['a'],
      },
      `{ a: string; [key: \`net\${number}\`]: string }`,
    ],
  ] as const)('%j is %s', (schema, expected) => {
    expect(writeType(schema, '', 0)).toBe(expected)
  })

  it('opens what does not fit on a line', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a_long_member_${index}`)
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    const lines = writeType({ type: 'object', properties }, '  ', 0).split('\n')
    expect(lines).toHaveLength(14)
    expect(lines[1]).toBe('    a_long_member_0?: string')
    expect(lines.at(-1)).toBe('  }')
  })
})
