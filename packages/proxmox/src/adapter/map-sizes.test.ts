import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryBytesOf, parseSize, writeGibibytes, writeSize } from './map-sizes.js'

describe('sizes', () => {
  it.each([
    ['32G', 32 * 1024 ** 3],
    ['10486K', 10486 * 1024],
    ['1T', 1024 ** 4],
    ['1.5G', 1.5 * 1024 ** 3],
    ['512', 512],
    ['4M', 4 * 1024 ** 2],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it.each(['', 'G', '-1G', '1X', '1e3', '99999999999999999T', 'NaN'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined()
  })

  it('reads back every size it writes, in the largest exact unit', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (bytes) => {
        expect(parseSize(writeSize(bytes))).toBe(bytes)
      }),
    )
    expect(writeSize(1024 ** 4)).toBe('1024G')
    expect(writeSize(5 * 1024 ** 2)).toBe('5M')
  })

  it('writes whole MiB exactly as GiB, as the allocation of a volume wants them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 * 1024 ** 2 }), (mebibytes) => {
        const text = writeGibibytes(mebibytes * 1024 ** 2)
        expect(text).toMatch(/^\d+(\.\d+)?$/)
        expect(Number(text) * 1024).toBe(mebibytes)
      }),
    )
  })

  it.each([
    [2048, 2048],
    ['2048', 2048],
    ['current=4096', 4096],
    ['current=4096,max=8192', 4096],
    [undefined, 512],
  ])('reads memory %j', (memory, mebibytes) => {
    expect(memoryBytesOf(memory)).toBe(mebibytes * 1024 ** 2)
  })
})
