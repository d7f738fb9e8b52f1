import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseForm } from './form.js'

describe('parseForm', () => {
  it('reads back whatever URLSearchParams writes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.toWellFormed())
    const name = text.filter((value) => value !== '')
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key, maxLength: 6 }), (pairs) => {
        const parsed = parseForm(new URLSearchParams(pairs).toString())
        expect([...parsed]).toEqual(pairs)
      }),
    )
  })

  it('never throws and never makes up a name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1')
        expect(parseForm(text).has('')).toBe(false)
      }),
    )
  })

  it('keeps only what stands between the first and the second equals sign', () => {
    expect(parseForm('net0=virtio,bridge=vmbr0').get('net0')).toBe('virtio,bridge')
  })

  it('takes a semicolon for the end of a pair', () => {
    expect([...parseForm('tags=a;b')]).toEqual([
      ['tags', 'a'],
      ['b', ''],
    ])
  })

  it('makes a list of a repeated name', () => {
    expect(parseForm('command=ls&command=-l&command=/').get('command')).toEqual(['ls', '-l', '/'])
  })

  it('holds names that are special in objects like any other', () => {
    expect(parseForm('__proto__=x&constructor=y').get('__proto__')).toBe('x')
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })
})
