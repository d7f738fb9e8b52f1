import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loopedMembers, memberCoercer, writtenMembers } from './coerce-members.js'

const increment = (value: unknown): unknown => (typeof value === 'number' ? value + 1 : value)
const flag = (value: unknown): unknown => (value === 1 ? true : value)

describe('memberCoercer', () => {
  it('does the same written out and as a loop, for any names and records', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.dictionary(fc.string(), fc.jsonValue()), (names, record) => {
        const safe = names.filter((name) => name !== '__proto__')
        const coercers = safe.map((_name, index) => (index % 2 === 0 ? increment : flag))
        const members = { ...record, ...Object.fromEntries(safe.map((name, index) => [name, index])) }
        const written = structuredClone(members)
        const looped = structuredClone(members)
        writtenMembers(safe, coercers)?.(written)
        loopedMembers(safe, coercers)(looped)
        expect(written).toEqual(looped)
      }),
    )
  })

  it('takes names for names, whatever they hold', () => {
    const name = `"]; globalThis.polluted = 1; //\n\u2028`
    const record: Record<string, unknown> = { [name]: 1 }
    memberCoercer([name], [flag])(record)
    expect(record[name]).toBe(true)
    expect(globalThis).not.toHaveProperty('polluted')
  })

  it('works where functions must not be made from text', () => {
    const original = globalThis.Function
    globalThis.Function = (() => {
      throw new EvalError('Code generation from strings disallowed for this context')
    }) as never // stands in for a process started with that flag
    try {
      expect(writtenMembers(['a'], [flag])).toBeUndefined()
      const record: Record<string, unknown> = { a: 1 }
      memberCoercer(['a'], [flag])(record)
      expect(record.a).toBe(true)
    } finally {
      globalThis.Function = original
    }
  })
})
