import { describe, expect, it } from 'vitest'
import { compiledMaker, copyingMaker, createObjectMaker, type InitialProperty } from './object-maker.js'

const properties: readonly InitialProperty[] = [
  { name: '_type', initial: { constant: 'A "quoted" \u2028 type' } },
  { name: 'plain', initial: 'none' },
  { name: 'with-hyphen', initial: 'none' },
  { name: '__proto__', initial: 'none' },
  { name: 'constructor', initial: 'none' },
  { name: '"}, alert(1), {"', initial: 'none' },
  { name: 'items', initial: 'list' },
]

describe.each([
  ['compiled', compiledMaker],
  ['copying', copyingMaker],
  ['chosen', (all: readonly InitialProperty[]) => createObjectMaker(all).make],
])('the %s maker', (_, maker) => {
  it('gives plain objects that have all properties as their own, and lists of their own', () => {
    const make = maker(properties)
    const [one, two] = [make(), make()]
    expect(Object.keys(one)).toEqual(properties.map(({ name }) => name))
    expect(Object.getPrototypeOf(one)).toBe(Object.prototype)
    expect(one._type).toBe('A "quoted" \u2028 type')
    expect(one.items).toEqual([])
    expect(one.items).not.toBe(two.items)
    one.plain = 1
    expect(two.plain).toBeUndefined()
    expect(({} as Record<string, unknown>).plain).toBeUndefined()
  })
})
