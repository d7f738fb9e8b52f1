import { describe, expect, it } from 'vitest'
import { isTotpCode, sameText, totpCode } from './totp.js'

/** The published test vectors of RFC 6238, appendix B, cut to six digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('totpCode', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('at %d s is %s', (seconds, code) => {
    expect(totpCode(secret, seconds)).toBe(code)
  })

  it('is taken a little early and a little late, and no further', () => {
    expect(isTotpCode(secret, '287082', 59 + 30)).toBe(true)
    expect(isTotpCode(secret, '287082', 59 + 90)).toBe(false)
  })
})

describe('sameText', () => {
  it('compares whole texts', () => {
    expect(sameText('secret', 'secret')).toBe(true)
    expect(sameText('secret', 'secre')).toBe(false)
    expect(sameText('', 'x')).toBe(false)
  })
})
