import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocationBytes, parseSize, printHumanSize, printSize } from './sizes.js'

describe('sizes', () => {
  it('prints the largest unit that fits without a rest', () => {
    expect([32 * 1024 ** 3, 1024 ** 4, 10_737_664, 8 * 1024 ** 2].map(printSize)).toEqual(['32G', '1T', '10486K', '8M'])
  })

  it('reads back whatever it prints of whole KiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (kib) => parseSize(printSize(kib * 1024)) === kib * 1024),
    )
  })

  it('allocates fractions of a GiB in whole KiB, as recorded', () => {
    expect(printSize(allocationBytes(0.01))).toBe('10486K')
  })

  it('prints sizes of logs as recorded', () => {
    expect(printHumanSize(19_126_272)).toBe('18.2 MiB')
    expect(printHumanSize(0)).toBe('0.0 B')
  })

  it('knows no other units', () => {
    expect(parseSize('3X')).toBeUndefined()
    expect(parseSize('-3G')).toBeUndefined()
  })
})
