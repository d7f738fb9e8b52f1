import { describe, expect, it } from 'vitest'
import { createTraffic } from './traffic.js'

describe('createTraffic', () => {
  it('knows the most requests at once since it was cleared', () => {
    const traffic = createTraffic()
    const leave = [traffic.enter(), traffic.enter()]
    leave[0]?.()
    leave[0]?.()
    traffic.enter()()
    expect(traffic.peak()).toBe(2)
    traffic.clear()
    expect(traffic.peak()).toBe(1)
  })
})
