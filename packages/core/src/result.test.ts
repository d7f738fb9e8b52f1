import { expect, it } from 'vitest'
import { HypervisorError } from './errors/hypervisor-error.js'
import { err, ok, unwrap } from './result.js'

it('wraps and unwraps', () => {
  const error = new HypervisorError('NOT_FOUND', 'not here')
  expect(ok(1)).toEqual({ ok: true, value: 1 })
  expect(err(error)).toEqual({ ok: false, error })
  expect(unwrap(ok(1))).toBe(1)
  expect(() => unwrap(err(error))).toThrow(error)
})
