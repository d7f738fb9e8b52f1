import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePathValue } from './encode-path.js'
import { ProxmoxError } from './error.js'

describe('encodePathValue', () => {
  it.each([
    ['volume', 'local:iso/debian 12.iso', 'local%3Aiso%2Fdebian%2012.iso'],
    [
      'upid',
      'UPID:pve1:00000001:00000001:6B03FC5D:qmcreate:100:dev@pve!ci:',
      'UPID%3Apve1%3A00000001%3A00000001%3A6B03FC5D%3Aqmcreate%3A100%3Adev%40pve!ci%3A',
    ],
    ['vmid', 100, '100'],
    ['node', 'pve-1', 'pve-1'],
  ])('%s %s', (name, value, encoded) => {
    expect(encodePathValue(name, value)).toBe(encoded)
  })

  it.each([
    ['node', 'pve1.example.com'],
    ['node', '../access'],
    ['node', '-x'],
    ['vmid', 99],
    ['vmid', '100/config'],
    ['vmid', 1.5],
    ['pool', ''],
    ['pool', '.'],
    ['pool', '..'],
    ['pool', undefined],
    ['pool', true],
    ['pool', '\udc00'],
  ])('refuses %s %j', (name, value) => {
    expect(() => encodePathValue(name, value)).toThrow(ProxmoxError)
  })

  it('never lets a value leave its segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        let encoded: string
        try {
          encoded = encodePathValue('volume', value)
        } catch (error) {
          expect(ProxmoxError.isInstance(error)).toBe(true)
          return
        }
        const url = new URL(`https://h/a/${encoded}/b?q`)
        expect(url.pathname.split('/')).toHaveLength(4)
        expect(decodeURIComponent(url.pathname.split('/')[2] ?? '')).toBe(value)
      }),
    )
  })
})
