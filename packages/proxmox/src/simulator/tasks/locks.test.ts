import { createClock } from '@dcm/wire/loopback'
import { describe, expect, it } from 'vitest'
import { createLockTable, type LockRequest } from './locks.js'

function request(mode: LockRequest['mode'], patienceMs = 1_000): LockRequest {
  return { name: 'lock-100', mode, patienceMs, timeout: () => new Error('got timeout') }
}

function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open: () => void = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

describe('createLockTable', () => {
  it('lets readers share and keeps a writer out until they are done', async () => {
    const clock = createClock()
    const locks = createLockTable(clock)
    const order: string[] = []
    const first = gate()
    const second = gate()
    const readers = [first, second].map((door, index) =>
      locks.hold(request('shared'), async () => {
        order.push(`reader ${index}`)
        await door.passed
      }),
    )
    const writer = locks.hold(request('exclusive'), async () => void order.push('writer'))
    first.open()
    await readers[0]
    expect(order).toEqual(['reader 0', 'reader 1'])
    second.open()
    await Promise.all([...readers, writer])
    expect(order.at(-1)).toBe('writer')
    expect(locks.isHeld('lock-100')).toBe(false)
    clock.stop()
  })

  it('gives up when patience runs out, and not before', async () => {
    const clock = createClock(() => 0)
    const locks = createLockTable(clock)
    const door = gate()
    const holder = locks.hold(request('exclusive'), () => door.passed)
    const impatient = locks.hold(request('exclusive', 10_000), async () => 'held')
    const outcome = impatient.catch((error: Error) => error.message)
    clock.advance(9_999)
    expect(await Promise.race([outcome, Promise.resolve('waits')])).toBe('waits')
    clock.advance(1)
    expect(await outcome).toBe('got timeout')
    door.open()
    await holder
    expect(await locks.hold(request('exclusive'), async () => 'free')).toBe('free')
    clock.stop()
  })

  it('lets go when the work fails', async () => {
    const clock = createClock()
    const locks = createLockTable(clock)
    await expect(locks.hold(request('exclusive'), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(locks.isHeld('lock-100')).toBe(false)
    clock.stop()
  })
})
