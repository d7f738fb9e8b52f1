import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countLineFeeds } from './count-line-feeds.js'

it('counts as a plain loop does, at every alignment', () => {
  const bytes = fc
    .uint8Array({ maxLength: 3000 })
    .map((values) => values.map((value) => (value % 3 === 0 ? 0x0a : value)))
  fc.assert(
    fc.property(bytes, fc.nat(3), fc.nat(), (values, offset, at) => {
      const shifted = new Uint8Array(values.length + offset).subarray(offset)
      shifted.set(values)
      const end = at % (values.length + 1)
      expect(countLineFeeds(shifted, end)).toBe(values.slice(0, end).filter((value) => value === 0x0a).length)
    }),
  )
})
