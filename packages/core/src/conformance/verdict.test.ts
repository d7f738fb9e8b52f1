import { describe, expect, it } from 'vitest'
import { assert, assertEqual, failure, value } from './assert.js'
import type { CheckResult } from './run-checks.js'
import { verdictOn } from './verdict.js'

const result: CheckResult = { number: 29, group: 'inventory', title: '10,000 VMs', status: 'passed', ms: 1 }

describe('verdictOn', () => {
  it('says of a failure what was expected, what was there, what to look at, and where more stands', () => {
    const verdict = verdictOn({ ...result, status: 'failed', reason: 'expected: at most 2 requests, got 10001' }, {})
    expect(verdict?.split('\n')).toEqual([
      'expected: at most 2 requests, got 10001',
      'check 29: 10,000 VMs',
      expect.stringMatching(/^hint: .*bulk read/),
      "more: docs/conformance.md, '29 inventory'",
    ])
  })

  it('compares skips with those that are explained, both ways', () => {
    const skipped: CheckResult = { ...result, status: 'skipped', reason: 'no switch' }
    expect(verdictOn(skipped, {})).toContain('was skipped (no switch)')
    expect(verdictOn(skipped, { 29: 'it cannot' })).toBeUndefined()
    expect(verdictOn(result, { 29: 'it cannot' })).toContain('take it out')
    expect(verdictOn(result, {})).toBeUndefined()
  })
})

describe('assertions', () => {
  it('tell expectation and finding', () => {
    expect(() => assert(false, 'a number', 'x')).toThrow('expected: a number, got "x"')
    expect(() => assert(false, 'a number')).toThrow('expected: a number')
    expect(() => assertEqual([1], [2], 'ids')).toThrow('ids: expected [2], got [1]')
    expect(() => assertEqual({ a: 1, b: 2 }, { b: 2, a: 1 }, 'keys')).not.toThrow()
    expect(() => assertEqual(new Map([[1, 2]]), {}, 'a Map')).toThrow('a Map: expected {}')
    expect(() => failure({ ok: true, value: 1 }, 'a call', 'NOT_FOUND')).toThrow('expected NOT_FOUND, got success')
    expect(value({ ok: true, value: 1 }, 'a call')).toBe(1)
  })
})
