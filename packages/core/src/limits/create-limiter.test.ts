import { describe, expect, it } from 'vitest'
import { createLimiter } from './create-limiter.js'

/** Work that ends when told to. */
function gate(): { readonly work: () => Promise<void>; readonly open: () => void } {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { work: () => opened, open: () => open() }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('createLimiter', () => {
  it('runs at most the width at once, lane by lane', async () => {
    const limiter = createLimiter({ reads: 2, mutations: 1 })
    const running = { reads: 0, mutations: 0 }
    const most = { reads: 0, mutations: 0 }
    const calls = Array.from({ length: 40 }, (_, index) => {
      const lane = index % 4 === 0 ? 'mutations' : 'reads'
      return limiter.run(lane, async () => {
        most[lane] = Math.max(most[lane], ++running[lane])
        await turn()
        running[lane]--
      })
    })
    await Promise.all(calls)
    expect(most).toEqual({ reads: 2, mutations: 1 })
  })

  it('serves in order', async () => {
    const limiter = createLimiter({ reads: 1 })
    const order: number[] = []
    await Promise.all(
      [0, 1, 2, 3].map((index) =>
        limiter.run('reads', async () => {
          order.push(index)
          await turn()
        }),
      ),
    )
    expect(order).toEqual([0, 1, 2, 3])
  })

  it('lets nobody overtake when a place becomes free', async () => {
    const limiter = createLimiter({ reads: 1 })
    const first = gate()
    const order: string[] = []
    const running = limiter.run('reads', first.work).then(() => limiter.run('reads', async () => order.push('late')))
    const waiting = limiter.run('reads', async () => order.push('early'))
    first.open()
    await Promise.all([running, waiting])
    expect(order).toEqual(['early', 'late'])
  })

  it('gives up a wait when aborted, without taking a place', async () => {
    const limiter = createLimiter({ mutations: 1 })
    const first = gate()
    const running = limiter.run('mutations', first.work)
    const controller = new AbortController()
    const reason = new Error('enough')
    const aborted = limiter.run('mutations', async () => 'never', controller.signal)
    controller.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    await expect(limiter.run('mutations', async () => 'never', controller.signal)).rejects.toBe(reason)
    first.open()
    await running
    expect(await limiter.run('mutations', async () => 'free again')).toBe('free again')
  })

  it('frees the place of work that throws', async () => {
    const limiter = createLimiter({ reads: 1 })
    await expect(limiter.run('reads', () => Promise.reject(new Error('x')))).rejects.toThrow('x')
    await expect(
      limiter.run('reads', () => {
        throw new Error('at once')
      }),
    ).rejects.toThrow('at once')
    expect(await limiter.run('reads', async () => 1)).toBe(1)
  })

  it('refuses a lane without width', () => {
    expect(() => createLimiter({ reads: 0 })).toThrow(RangeError)
    expect(() => createLimiter({ mutations: Number.NaN })).toThrow(RangeError)
  })
})
