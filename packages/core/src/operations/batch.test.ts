import { describe, expect, it } from 'vitest'
import { createBatcher } from './batch.js'

describe('a batcher', () => {
  it('answers everything asked in one turn with one call, each asker with its own', async () => {
    const loads: (readonly number[])[] = []
    const ask = createBatcher(async (keys: readonly number[]) => {
      loads.push(keys)
      return keys.map((key) => key * 2)
    })
    expect(await Promise.all([ask(1), ask(2), Promise.resolve().then(() => ask(3))])).toEqual([2, 4, 6])
    expect(await ask(4)).toBe(8)
    expect(loads).toEqual([[1, 2, 3], [4]])
  })

  it('rejects all that wait when the call fails, and works again after', async () => {
    let broken = true
    const ask = createBatcher(async (keys: readonly number[]) => {
      if (broken) throw new Error('away')
      return keys
    })
    const both = await Promise.allSettled([ask(1), ask(2)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    broken = false
    expect(await ask(3)).toBe(3)
  })

  it('refuses an answer that left somebody out', async () => {
    const ask = createBatcher(async () => [1])
    await expect(Promise.all([ask(1), ask(2)])).rejects.toThrow(TypeError)
  })
})
