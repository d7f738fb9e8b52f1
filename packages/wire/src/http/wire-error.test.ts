import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { nameLowerLayerFailure } from './lower-layer-failure.js'
import { furthest, isRetryable, retryDelayMs } from './retry.js'
import { WireError, withoutBaggage } from './wire-error.js'

const fields = { kind: 'reset', outcome: 'unknown', message: 'what to do', retryable: false, host: 'h:1' } as const

describe('WireError', () => {
  it('is known by its brand, also when it comes from another installation', () => {
    const error = new WireError(fields)
    expect(WireError.isInstance(error)).toBe(true)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe('WireError: what to do')
    expect(WireError.isInstance({ [Symbol.for('@dcm/wire/WireError')]: true })).toBe(true)
    for (const other of [new Error('x'), null, undefined, 'x', {}]) expect(WireError.isInstance(other)).toBe(false)
  })

  it('prints its fields and nothing that was hung onto it or its cause', () => {
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', data: 'secret-bytes' })
    const error = Object.assign(new WireError({ ...fields, method: 'GET', path: '/x', cause }), {
      headers: 'secret-header',
    })
    const printed = [inspect(error), inspect({ error }, { depth: 5 }), JSON.stringify(error)]
    for (const text of printed) {
      expect(text).not.toContain('secret')
      expect(text).toContain('ECONNRESET')
      expect(text).toContain('/x')
    }
    expect(error.toJSON()).toEqual({
      name: 'WireError',
      ...fields,
      method: 'GET',
      path: '/x',
      cause: { name: 'Error', code: 'ECONNRESET', message: 'socket hang up' },
    })
  })

  it('prints without a cause, and with one that is no error', () => {
    expect(inspect(new WireError(fields))).not.toContain('cause')
    expect(new WireError({ ...fields, cause: 'secret' }).toJSON()).toMatchObject({ cause: undefined })
  })
})

describe('withoutBaggage', () => {
  it('keeps name, code, message and stack', () => {
    const error = Object.assign(new TypeError('text'), { code: 'E1', data: 'secret' })
    const copy = withoutBaggage(error)
    expect(copy).toMatchObject({ name: 'TypeError', code: 'E1', message: 'text', stack: error.stack })
    expect(inspect(copy, { showHidden: true })).not.toContain('secret')
    expect(withoutBaggage('secret').message).not.toContain('secret')
    expect(withoutBaggage(Object.assign(new Error('x'), { code: 5 }))).not.toHaveProperty('code')
  })
})

describe('retries', () => {
  it('never follow a mutation that may have been acted upon', () => {
    expect(isRetryable('reset', 'unknown', false)).toBe(false)
    expect(isRetryable('reset', 'answered', false)).toBe(false)
    expect(isRetryable('connect', 'not-sent', false)).toBe(true)
    expect(isRetryable('reset', 'unknown', true)).toBe(true)
    for (const kind of ['tls-pin', 'tls-untrusted', 'aborted', 'body-too-large', 'protocol', 'closed'] as const) {
      expect(isRetryable(kind, 'not-sent', true)).toBe(false)
    }
  })

  it('wait longer each time, within bounds', () => {
    expect([1, 2, 3].map((failed) => retryDelayMs(failed, 0.5))).toEqual([25, 50, 100])
    expect(retryDelayMs(1, 0)).toBe(13)
    expect(retryDelayMs(50, 0.999)).toBeLessThanOrEqual(1_500)
  })

  it('remember the furthest outcome', () => {
    expect(furthest('unknown', 'not-sent')).toBe('unknown')
    expect(furthest('not-sent', 'answered')).toBe('answered')
  })
})

describe('nameLowerLayerFailure', () => {
  const withCode = (code: string, message = ''): Error => Object.assign(new Error(message), { code })

  it('tells broken connections from broken protocol', () => {
    expect(nameLowerLayerFailure(withCode('ECONNRESET'), 'unknown')).toMatchObject({
      kind: 'reset',
      message: expect.stringContaining('ECONNRESET'),
    })
    expect(nameLowerLayerFailure('odd', 'not-sent')).toMatchObject({ kind: 'reset' })
    expect(nameLowerLayerFailure(withCode('UND_ERR_SOCKET', 'bad response'), 'unknown').kind).toBe('protocol')
    expect(nameLowerLayerFailure(withCode('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), 'answered').kind).toBe('reset')
    expect(nameLowerLayerFailure(withCode('UND_ERR_DESTROYED'), 'not-sent').kind).toBe('closed')
    const parser = Object.assign(new Error('broken (Invalid EOF state)'), { name: 'HTTPParserError' })
    expect(nameLowerLayerFailure(parser, 'answered').kind).toBe('reset')
  })
})
