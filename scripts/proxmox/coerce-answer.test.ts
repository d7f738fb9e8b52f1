import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAnswer } from './check-answer.js'
import { coerceAnswer } from './coerce-answer.js'

describe('coerceAnswer', () => {
  it.each([
    [1, 'b', true],
    ['0', 'b', false],
    ['', 'b', false],
    [true, 'b', true],
    ['maybe', 'b', 'maybe'],
    ['100', 'n', 100],
    ['', 'n', ''],
    ['x', 'n', 'x'],
    [512, 's', '512'],
    [null, 'n', null],
  ] as const)('%j by %j is %j', (value, coercion, expected) => {
    expect(coerceAnswer(value, coercion)).toBe(expected)
  })

  it('goes into lists, named members and every other member', () => {
    const coercion = [{ template: 'b', '*': { x: 'n' } }] as const
    expect(coerceAnswer([{ template: 0, a: { x: '1', y: '1' }, b: 2 }], coercion)).toEqual([
      { template: false, a: { x: 1, y: '1' }, b: 2 },
    ])
  })

  it('never loses a key and never throws', () => {
    const coercion = { a: 'b', b: ['n'], '*': { c: 's' } } as const
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue()), (value) => {
        expect(Object.keys(coerceAnswer(value, coercion) as object)).toEqual(Object.keys(value))
      }),
    )
  })
})

describe('checkAnswer', () => {
  const schema = {
    type: 'object',
    properties: { id: { type: 'integer' }, state: { type: 'string', enum: ['on'] } },
    patternProperties: { '^net[0-9]+$': { type: 'string' } },
    required: ['id', 'state'],
  } as const

  it('names what is missing, of another type, not declared, or no known choice', () => {
    expect(checkAnswer({ id: '1', extra: 1, net0: 2 }, schema).map(({ place, kind }) => `${kind} ${place}`)).toEqual([
      'type $.id',
      'undeclared $.extra',
      'type $.net0',
      'missing $.state',
    ])
    expect(checkAnswer({ id: 1, state: 'off' }, schema)).toEqual([{ place: '$.state', kind: 'enum', detail: '"off"' }])
    expect(checkAnswer({ id: 1, state: 'on', net12: 'x' }, schema)).toEqual([])
  })

  it('takes any of several shapes', () => {
    const answer = { oneOf: [{ $ref: '#/components/schemas/Upid' }, { type: 'null' }] } as const
    expect(checkAnswer('UPID:pve:', answer)).toEqual([])
    expect(checkAnswer(null, answer)).toEqual([])
    expect(checkAnswer('OK', answer)).toHaveLength(1)
  })
})
