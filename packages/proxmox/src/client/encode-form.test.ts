import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeForm } from './encode-form.js'

/** The platform's parser: pairs end at & or ;, a value is the text between the first and the second =. */
function parseLikePlatform(form: string): [string, string][] {
  return form
    .split(/[&;]/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return [decode(name), decode(value)]
    })
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

describe('encodeForm', () => {
  it.each([
    [{ onboot: true, kvm: false }, 'onboot=1&kvm=0'],
    [{ net0: 'virtio,bridge=vmbr0' }, 'net0=virtio%2Cbridge%3Dvmbr0'],
    [{ tags: 'a;b' }, 'tags=a%3Bb'],
    [{ command: ['ls', '-l'] }, 'command=ls&command=-l'],
    [{ name: undefined, vmid: 100 }, 'vmid=100'],
    [{ description: 'a b\nc+d' }, 'description=a%20b%0Ac%2Bd'],
    [{ list: [] }, ''],
    [{}, ''],
    [{ bwlimit: 1e21 }, 'bwlimit=1000000000000000000000'],
  ])('%j', (parameters, form) => {
    expect(encodeForm(parameters)).toBe(form)
  })

  it.each([
    [{ a: null }],
    [{ a: Number.NaN }],
    [{ a: { b: 1 } }],
    [{ a: [null] }],
    [{ a: '\ud800' }],
    [{ a: () => 1 }],
  ])('refuses %j by name', (parameters) => {
    expect(() => encodeForm(parameters)).toThrow(/parameter 'a'/)
  })

  it('writes integers of any size', () => {
    expect(encodeForm({ big: 12345678901234567890n })).toBe('big=12345678901234567890')
  })

  it('is read back by the platform as it was meant', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer().map(String))
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.oneof(value, fc.array(value))),
        (parameters) => {
          const expected = Object.entries(parameters).flatMap(([name, given]): [string, string][] =>
            (Array.isArray(given) ? given : [given]).map((item): [string, string] => [name, item]),
          )
          expect(parseLikePlatform(encodeForm(parameters))).toEqual(expected)
        },
      ),
    )
  })
})
