import { describe, expect, it } from 'vitest'
import { ClockStopped, createClock } from './clock.js'

describe('createClock', () => {
  it('wakes sleepers in the order of their time when it is moved', async () => {
    const clock = createClock(() => 1_000)
    const order: number[] = []
    const sleepers = [30_000, 10_000, 20_000].map((ms) => clock.sleep(ms).then(() => order.push(ms)))
    clock.advance(30_000)
    await Promise.all(sleepers)
    expect(order).toEqual([10_000, 20_000, 30_000])
    expect([clock.now(), clock.seconds()]).toEqual([31_000, 31])
  })

  it('calls back what recurs when it is moved far enough', () => {
    const clock = createClock(() => 0)
    let calls = 0
    clock.every(10_000, () => {
      calls += 1
    })
    clock.advance(9_999)
    expect(calls).toBe(0)
    clock.advance(25_000)
    expect(calls).toBe(1)
    clock.stop()
  })

  it('ends every sleep when it stops, and allows none afterwards', async () => {
    const clock = createClock()
    const sleeping = clock.sleep(60_000)
    clock.stop()
    await expect(sleeping).rejects.toThrow(ClockStopped)
    await expect(clock.sleep(1)).rejects.toThrow(ClockStopped)
  })
})
