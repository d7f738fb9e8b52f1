import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { translatePattern } from './perl-pattern.js'

function matches(perl: string, text: string): boolean {
  const source = translatePattern(perl)
  if (source === undefined) throw new Error(`not translated: ${perl}`)
  return new RegExp(source).test(text)
}

describe('translatePattern', () => {
  it('anchors on both sides, once', () => {
    expect(translatePattern('\\d+')).toBe('^\\d+$')
    expect(translatePattern('^\\d+$')).toBe('^\\d+$')
    expect(translatePattern('a\\$')).toBe('^a\\$$')
  })

  it('leaves a top-level alternation ungrouped, as the platform does', () => {
    expect(translatePattern('/dev/parport\\d+|/dev/usb/lp\\d+')).toBe('^/dev/parport\\d+|/dev/usb/lp\\d+$')
  })

  it('makes plain groups of Perl groups with flags', () => {
    expect(matches('(?^:(0x)?[0-9A-F]{4})', '0x12AB')).toBe(true)
    expect(matches('(?^u:[+-][a-z]+)', '+pcid')).toBe(true)
  })

  it('spells out both cases inside a group that ignores case, and only there', () => {
    const tag = '(?^i:[a-z0-9_][a-z0-9_\\-\\+\\.]*)(?:;(?^i:[a-z0-9_]+))*'
    expect(matches(tag, 'Web;PROD')).toBe(true)
    expect(matches(tag, 'web;-')).toBe(false)
    expect(matches('(?^i:ab)c', 'ABc')).toBe(true)
    expect(matches('(?^i:ab)c', 'ABC')).toBe(false)
    expect(matches('(?^i:a(?:b))(c)', 'ABc')).toBe(true)
  })

  it('keeps escapes and classes inside such a group', () => {
    expect(matches('(?^i:[\\(\\)-_.\\w\\d\\s]{0,256})', 'Name (1)')).toBe(true)
  })

  it('reads {,n} as up to n', () => {
    expect(matches('[A-Z]{,3}', 'ABC')).toBe(true)
    expect(matches('[A-Z]{,3}', '')).toBe(true)
    expect(matches('[A-Z]{,3}', 'ABCD')).toBe(false)
  })

  it('drops what JavaScript cannot say, or only without bound', () => {
    expect(translatePattern('(?^u:^((?>[+-]?[\\w\\-\\._=]+,?)+)$)')).toBeUndefined()
    expect(translatePattern('a*+')).toBeUndefined()
    expect(translatePattern('[a-z\\d]+(?:(?:[._]|__|[-]*)[a-z\\d]+)*')).toBeUndefined()
    expect(translatePattern('(')).toBeUndefined()
  })

  it('never gives a source that does not compile', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab[](){},?^i:u|\\-*+.$0') }), (perl) => {
        const source = translatePattern(perl)
        if (source !== undefined) expect(() => new RegExp(source)).not.toThrow()
      }),
    )
  })
})
