import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerTfa, readTfaChallenge } from './tfa.js'

const account = { host: 'pve1:8006', username: 'root@pam' }

describe('readTfaChallenge', () => {
  it('reads the JSON inside a half-done ticket', () => {
    const challenge = encodeURIComponent(JSON.stringify({ totp: true, recovery: [0, 1], yubico: false }))
    expect(readTfaChallenge(`PVE:!tfa!${challenge}:6B03FC5D::c2ln`)).toEqual({
      factors: ['totp', 'recovery'],
      challenge: { totp: true, recovery: [0, 1], yubico: false },
    })
  })

  it('reads any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => void readTfaChallenge(`PVE:!tfa!${text}:x`)))
    expect(readTfaChallenge('PVE:root@pam:x').factors).toEqual([])
  })
})

describe('answerTfa', () => {
  it.each([
    ['123456', ['totp', 'recovery'], 'totp:123456'],
    ['123456', ['yubico'], 'yubico:123456'],
    ['123456', [], 'totp:123456'],
    ['recovery:abc', ['totp'], 'recovery:abc'],
  ])('%s of %j is sent as %s', async (otp, factors, sent) => {
    expect(await answerTfa(otp, { factors, challenge: {} }, account)).toBe(sent)
    expect(await answerTfa(async () => otp, { factors, challenge: {} }, account)).toBe(sent)
  })

  it('says which factors there are when none is given', async () => {
    await expect(answerTfa(undefined, { factors: ['totp'], challenge: {} }, account)).rejects.toMatchObject({
      kind: 'tfa-required',
      factors: ['totp'],
      outcome: 'not-started',
    })
  })
})
