import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HypervisorError } from './hypervisor-error.js'
import { withContext } from './with-context.js'

describe('HypervisorError', () => {
  it('fills in what its code says', () => {
    expect(new HypervisorError('UNAVAILABLE', 'm')).toMatchObject({
      retryable: true,
      outcome: 'not-started',
      details: {},
    })
    expect(new HypervisorError('NOT_FOUND', 'm')).toMatchObject({ retryable: false, details: { missing: [] } })
    expect(new HypervisorError('TIMEOUT', 'm', { retryable: false, outcome: 'unknown' })).toMatchObject({
      retryable: false,
      outcome: 'unknown',
    })
    expect(new HypervisorError('INTERNAL', 'm')).toBeInstanceOf(Error)
  })

  it('is known by its brand, also when another copy of the package made it', () => {
    const foreign = { [Symbol.for('dcm.HypervisorError')]: true, code: 'NOT_FOUND' }
    expect(HypervisorError.isInstance(foreign)).toBe(true)
    expect(HypervisorError.isInstance(new HypervisorError('CONFLICT', 'm'))).toBe(true)
    for (const value of [new Error('m'), null, undefined, 'x', {}])
      expect(HypervisorError.isInstance(value)).toBe(false)
  })

  it('goes through JSON and back', () => {
    const error = new HypervisorError('AMBIGUOUS', 'two of them', {
      details: { references: [{ reference: { name: 'a' }, candidates: [] }] },
      endpoint: 'lab',
      operation: 'createVm',
      resource: 'a',
      retryAfterMs: 5,
      native: { status: 500, text: 'no' },
      outcome: 'failed',
    })
    const back = HypervisorError.fromJSON(JSON.parse(JSON.stringify(error)))
    expect(back.toJSON()).toEqual(error.toJSON())
    expect(HypervisorError.isInstance(back)).toBe(true)
  })

  it('prints what it was made for, and nothing else', () => {
    const cause = Object.assign(new Error('hunter2 in the cause'), { headers: { authorization: 'hunter2' } })
    const error = new HypervisorError('UNAUTHENTICATED', 'the token was refused', { cause, endpoint: 'lab' })
    Object.assign(error, { request: { token: 'hunter2' } })
    const printed = [inspect(error), inspect({ error }, { depth: 9 }), JSON.stringify(error), String(error)]
    for (const text of printed) expect(text).not.toContain('hunter2')
    expect(inspect(error)).toContain('UNAUTHENTICATED')
    expect(inspect(error)).toContain('lab')
    expect(error.cause).toBe(cause)
    expect(Object.keys(error)).not.toContain('cause')
  })
})

describe('withContext', () => {
  it('fills in only what is missing', () => {
    const error = new HypervisorError('CONFLICT', 'm', { details: { lock: 'backup' }, operation: 'login' })
    const filled = withContext(error, { endpoint: 'lab', operation: 'startVm' })
    expect(filled).toMatchObject({ code: 'CONFLICT', details: { lock: 'backup' }, endpoint: 'lab', operation: 'login' })
    expect(filled).not.toHaveProperty('cause')
    expect(withContext(filled, { endpoint: 'x', operation: 'y' })).toBe(filled)
  })
})
