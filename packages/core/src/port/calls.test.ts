import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { CallEvent } from '../observe/events.js'
import { connectFake, errorOf } from '../testing/connect-fake.js'

const never = () => new Promise<never>(() => {})

describe('every call', () => {
  it('gives what the adapter gives', async () => {
    const { port } = await connectFake()
    expect(await port.getVm({ endpoint: 'lab', id: '1' })).toMatchObject({ ok: true, value: { name: 'vm-1' } })
    expect(await port.testConnection()).toMatchObject({ ok: true, value: { product: 'Fake' } })
  })

  it('completes errors with endpoint and operation, keeping cause, stack and what they say themselves', async () => {
    const { port, native } = await connectFake()
    const cause = new Error('socket hang up')
    const thrown = new HypervisorError('UNAVAILABLE', 'no answer', { cause, retryAfterMs: 5, operation: 'login' })
    native.before = () => Promise.reject(thrown)
    const error = errorOf(await port.getVm({ endpoint: 'lab', id: '1' }))
    expect(error).toMatchObject({ code: 'UNAVAILABLE', endpoint: 'lab', operation: 'login', retryAfterMs: 5 })
    expect(error.cause).toBe(cause)
    expect(error.stack).toBe(thrown.stack)
    expect(errorOf(await port.getVm({ endpoint: 'lab', id: '1' })).operation).toBe('login')
  })

  it('turns anything else that is thrown into INTERNAL, with the cause, which is not printed', async () => {
    const { port, native } = await connectFake()
    native.before = () => Promise.reject(new TypeError('password=hunter2'))
    const error = errorOf(await port.listVms())
    expect(error).toMatchObject({ code: 'INTERNAL', endpoint: 'lab', operation: 'listVms', outcome: 'not-started' })
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(inspect(error) + JSON.stringify(error) + error.message).not.toContain('hunter2')
  })

  it('rejects only on errors of the program', async () => {
    const { port } = await connectFake()
    // @ts-expect-error no signal
    await expect(port.listVms({}, { signal: 'now' })).rejects.toThrow(TypeError)
    await expect(port.listVms({}, { timeoutMs: 0 })).rejects.toThrow(TypeError)
    // @ts-expect-error no text
    await expect(port.listVms({}, { actor: 7 })).rejects.toThrow(TypeError)
    // @ts-expect-error no function
    await expect(port.startVm({ endpoint: 'lab', id: '1' }, { onCheckpoint: 1 })).rejects.toThrow(TypeError)
  })

  it('works without its object', async () => {
    const { listVms } = (await connectFake()).port
    expect((await listVms()).ok).toBe(true)
  })
})

describe('time and abort', () => {
  it('ends with TIMEOUT though the adapter hangs', async () => {
    const { port, native } = await connectFake()
    native.before = never
    const error = errorOf(await port.listVms({}, { timeoutMs: 5 }))
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, outcome: 'not-started', details: { timeoutMs: 5 } })
  })

  it('ends with CANCELLED though the adapter hangs, and tells the adapter', async () => {
    const { port, native } = await connectFake()
    let told = false
    native.before = (_method, { signal }) => {
      signal.addEventListener('abort', () => {
        told = true
      })
      return never()
    }
    const controller = new AbortController()
    const pending = port.listVms({}, { signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    expect(errorOf(await pending)).toMatchObject({ code: 'CANCELLED', retryable: false, outcome: 'not-started' })
    expect(told).toBe(true)
  })

  it('does not call the adapter when aborted before', async () => {
    const { port, native } = await connectFake()
    const error = errorOf(await port.listVms({}, { signal: AbortSignal.abort() }))
    expect(error.code).toBe('CANCELLED')
    expect(native.calls).toEqual([])
  })

  it('says why it was aborted, whatever the adapter makes of it', async () => {
    const { port, native } = await connectFake()
    native.before = (_method, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new HypervisorError('PROTOCOL', 'torn'))),
      )
    expect(errorOf(await port.listVms({}, { timeoutMs: 5 })).code).toBe('TIMEOUT')
  })

  it('counts the wait in a lane', async () => {
    const { port, native } = await connectFake({ limits: { reads: 1 } })
    native.before = never
    const first = port.listVms({}, { timeoutMs: 20 })
    const second = port.listVms({}, { timeoutMs: 5 })
    expect(errorOf(await second).code).toBe('TIMEOUT')
    expect(native.calls).toEqual(['listVms'])
    await first
  })

  it('tells for a mutation whether something may have been changed', async () => {
    const { port, native } = await connectFake()
    native.before = never
    const sent = errorOf(await port.startVm({ endpoint: 'lab', id: '1' }, { timeoutMs: 20 }))
    expect(sent).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    const refused = errorOf(await port.startVm({ endpoint: 'lab', id: '1' }, { signal: AbortSignal.abort() }))
    expect(refused).toMatchObject({ code: 'CANCELLED', outcome: 'not-started' })
  })

  it('leaves no listener on a signal that lives long', async () => {
    const { port } = await connectFake()
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    for (let count = 0; count < 3; count++) await port.listVms({}, { signal })
    expect(listeners).toBe(0)
  })
})

describe('lanes', () => {
  it('bounds the reads at one endpoint', async () => {
    const { port, native } = await connectFake({ limits: { reads: 2 } })
    let running = 0
    let most = 0
    native.before = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    }
    await Promise.all(Array.from({ length: 20 }, () => port.getVm({ endpoint: 'lab', id: '1' })))
    expect(most).toBe(2)
  })
})

describe('close', () => {
  it('closes the adapter once, refuses later calls and ends those under way', async () => {
    const { port, native } = await connectFake()
    native.before = never
    const pending = port.listVms()
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([port.close(), port.close()])
    await port[Symbol.asyncDispose]()
    expect(native.closed).toBe(1)
    expect(errorOf(await pending).code).toBe('CANCELLED')
    const later = errorOf(await port.listVms())
    expect(later).toMatchObject({ code: 'FAILED_PRECONDITION', endpoint: 'lab', operation: 'listVms' })
    expect(later.message).toContain('connect again')
  })

  it('ends waits under way and refuses later ones', async () => {
    const { port, native } = await connectFake()
    const started = await port.createVm({ name: 'a', source: { from: 'template', template: { name: 'debian' } } })
    if (!started.ok) throw started.error
    await port.close()
    expect(errorOf(await started.value.wait())).toMatchObject({ code: 'FAILED_PRECONDITION', operation: 'createVm' })
    expect(native.closed).toBe(1)
  })

  it('is not held up by a log-out that fails; the logger hears of it, without the text', async () => {
    const warnings: string[] = []
    const silent = () => {}
    const logger = {
      debug: silent,
      info: silent,
      error: silent,
      warn: (message: string, facts?: object) => void warnings.push(message + JSON.stringify(facts)),
    }
    const { port, native } = await connectFake({ logger })
    native.closeWith = () => Promise.reject(new Error('session hunter2 refused'))
    await port.close()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).not.toContain('hunter2')
  })
})

describe('the channel dcm.core.call', () => {
  it('tells start and end of each call', async () => {
    const events: CallEvent[] = []
    // The channel carries CallEvents.
    const listener = (message: unknown): void => void events.push(message as CallEvent)
    subscribe('dcm.core.call', listener)
    try {
      const { port } = await connectFake({ tenant: 'acme' })
      await port.getVm({ endpoint: 'lab', id: '9' }, { actor: 'ann' })
      expect(events).toMatchObject([
        { event: 'start', tenant: 'acme', endpoint: 'lab', type: 'fake', method: 'getVm', actor: 'ann' },
        { event: 'end', tenant: 'acme', method: 'getVm', actor: 'ann', code: 'NOT_FOUND', outcome: 'not-started' },
      ])
      expect(events[0]?.call).toBe(events[1]?.call)
      expect(events[1]?.durationMs).toBeGreaterThanOrEqual(0)
    } finally {
      unsubscribe('dcm.core.call', listener)
    }
  })
})
