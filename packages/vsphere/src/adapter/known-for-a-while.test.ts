import { describe, expect, it } from 'vitest'
import { knownForAWhile } from './known-for-a-while.js'

describe('knownForAWhile', () => {
  it('reads once for all who ask meanwhile, again when its time is over, and forgets the oldest', async () => {
    let time = 0
    const reads: string[] = []
    const known = knownForAWhile(
      async (id) => {
        reads.push(id)
        return id.toUpperCase()
      },
      { lifetimeMs: 10, most: 2, now: () => time },
    )
    expect(await Promise.all([known('a'), known('a'), known('b')])).toEqual(['A', 'A', 'B'])
    time = 9
    await known('a')
    expect(reads).toEqual(['a', 'b'])
    time = 10
    await known('a')
    await known('c')
    await known('a')
    expect(reads).toEqual(['a', 'b', 'a', 'c'])
    await known('b')
    expect(reads).toEqual(['a', 'b', 'a', 'c', 'b'])
  })

  it('does not keep a failure', async () => {
    let reads = 0
    const known = knownForAWhile(
      async () => {
        reads++
        if (reads === 1) throw new Error('down')
        return reads
      },
      { lifetimeMs: 1_000, most: 5 },
    )
    await expect(known('a')).rejects.toThrow('down')
    expect(await known('a')).toBe(2)
  })
})
