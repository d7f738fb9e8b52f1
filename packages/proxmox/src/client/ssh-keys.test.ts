import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeForm } from './encode-form.js'
import { decodeSshKeys, encodeSshKeys } from './ssh-keys.js'

describe('SSH keys', () => {
  it('are percent-encoded once by us and once by the form, with %20 for spaces', () => {
    const value = encodeSshKeys(['ssh-rsa AAAA+b/c== me@x ', 'ssh-ed25519 B'])
    expect(value).toBe('ssh-rsa%20AAAA%2Bb%2Fc%3D%3D%20me%40x%0Assh-ed25519%20B')
    expect(encodeForm({ sshkeys: value })).toBe(`sshkeys=${encodeURIComponent(value)}`)
    expect(decodeSshKeys(value)).toEqual(['ssh-rsa AAAA+b/c== me@x', 'ssh-ed25519 B'])
  })

  it('has only the characters that the platform takes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (keys) => {
        expect(encodeSshKeys(keys)).toMatch(/^[-%a-zA-Z0-9_.!~*'()]*$/)
      }),
    )
  })

  it('reads a value that somebody stored without encoding', () => {
    expect(decodeSshKeys('ssh-rsa 100% me@x')).toEqual(['ssh-rsa 100% me@x'])
  })
})
