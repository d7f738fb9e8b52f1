import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probe, rangeSize } from './probe-order.js'

describe('the order in which a key tries ids', () => {
  it('visits every id of the range once', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: 100, max: 1_000_000 }),
        fc.integer({ min: 0, max: 200 }),
        (key, from, more) => {
          const range = { from, to: from + more }
          const ids = Array.from({ length: rangeSize(range) }, (_, index) => probe(range, key, index))
          expect(new Set(ids).size).toBe(rangeSize(range))
          expect(Math.min(...ids)).toBe(range.from)
          expect(Math.max(...ids)).toBe(range.to)
        },
      ),
    )
  })

  it('is the same in every process, and another for every key', () => {
    const range = { from: 100, to: 999_999 }
    const one = '6f9619ff-8b86-5d11-b42d-00cf4fc964ff'
    expect([0, 1, 2].map((index) => probe(range, one, index))).toEqual(
      [0, 1, 2].map((index) => probe(range, one, index)),
    )
    expect(probe(range, one, 0)).not.toBe(probe(range, '7f9619ff-8b86-5d11-b42d-00cf4fc964ff', 0))
  })

  it('stays within the largest range', () => {
    const range = { from: 100, to: 999_999_999 }
    for (const index of [0, 1, 999_999_898]) {
      const id = probe(range, 'k', index)
      expect(Number.isSafeInteger(id) && id >= range.from && id <= range.to).toBe(true)
    }
  })
})
