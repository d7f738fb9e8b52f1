import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coercions } from '../generated/coercions.js'
import { type Coercion, compileCoercion } from './coerce.js'

function coerce(coercion: Coercion, value: unknown): unknown {
  return compileCoercion(coercion)(value)
}

describe('compileCoercion', () => {
  it.each([
    ['b', 1, true],
    ['b', '1', true],
    ['b', 0, false],
    ['b', '0', false],
    ['b', '', false],
    ['b', true, true],
    ['b', null, null],
    ['b', 2, 2],
    ['b', 'yes', 'yes'],
    ['n', '100', 100],
    ['n', '-1.5', -1.5],
    ['n', '1e3', 1000],
    ['n', 5, 5],
    ['n', '', ''],
    ['n', '0x10', '0x10'],
    ['n', 'Infinity', 'Infinity'],
    ['n', '9007199254740993', '9007199254740993'],
    ['n', null, null],
    ['s', 512, '512'],
    ['s', '512', '512'],
    ['s', null, null],
    [['b'], [1, 0, 'x'], [true, false, 'x']],
    [['b'], { not: 'a list' }, { not: 'a list' }],
    [
      { a: 'b', deep: { n: 'n' } },
      { a: 1, deep: { n: '7', new: 1 }, unknown: '1' },
      { a: true, deep: { n: 7, new: 1 }, unknown: '1' },
    ],
    [
      { '*': 'b', keep: 'n' },
      { keep: '1', x: 1, y: 0 },
      { keep: 1, x: true, y: false },
    ],
    [{ a: 'b' }, [1], [1]],
    [{ a: 'b' }, null, null],
    [[{ a: 'b' }], [null, 'x', { a: 1 }], [null, 'x', { a: true }]],
  ] as const)('%j of %j is %j', (coercion, value, expected) => {
    expect(coerce(coercion, value)).toEqual(expected)
  })

  it('does not change prototypes', () => {
    const value: unknown = JSON.parse('{"__proto__":"1","constructor":"1"}')
    const after = coerce({ '*': 'b' }, value) as Record<string, unknown>
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(after, '__proto__')?.value).toBe('1')
    expect(after.constructor).toBe(true)
  })

  it('takes any JSON for any operation: never throws, loses no key, and is done after one pass', () => {
    const compiled = Object.values(coercions).map(compileCoercion)
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(compiled.length - 1), (json, index) => {
        const coercer = compiled[index]
        const once = coercer?.(JSON.parse(json))
        expect(keysOf(once)).toEqual(keysOf(JSON.parse(json)))
        expect(coercer?.(structuredClone(once))).toEqual(once)
      }),
    )
  })
})

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf)
  if (typeof value !== 'object' || value === null) return typeof value === 'object' ? null : '.'
  return Object.entries(value).map(([key, member]) => [key, keysOf(member)])
}
