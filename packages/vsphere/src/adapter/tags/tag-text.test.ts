import { describe, expect, it } from 'vitest'
import { ownCategory, placesOf, tagPattern, textOfTag, whyNotMade } from './tag-text.js'

describe('texts of tags', () => {
  it('show the category where it is not ours', () => {
    expect(textOfTag(ownCategory, 'web')).toBe('web')
    expect(textOfTag('Stage', 'prod')).toBe('Stage:prod')
  })

  it('may be of our category, and of each that they begin with', () => {
    const all = [ownCategory, 'Stage', 'Stage:a', 'Other'].map((name) => ({ id: name, name }))
    expect(placesOf(['Stage:a:b'], all).map(({ id }) => id)).toEqual([ownCategory, 'Stage', 'Stage:a'])
  })

  it('are made in our category alone', () => {
    const all = [{ id: 'c', name: 'Stage' }]
    expect(whyNotMade('web', all)).toBeUndefined()
    expect(whyNotMade('a:b', all)).toBeUndefined()
    expect(whyNotMade('Stage:b', all)).toContain('Stage')
  })

  it.each([
    ['web', true],
    ['Stage:prod', true],
    ['two words', true],
    [' x', false],
    ['x ', false],
    ['a\tb', false],
    ['', false],
    ['x'.repeat(256), false],
  ])('%j fits: %s', (text, fits) => {
    expect(new RegExp(tagPattern, 'u').test(text)).toBe(fits)
  })
})
