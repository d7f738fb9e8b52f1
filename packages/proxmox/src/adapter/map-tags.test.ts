import { describe, expect, it } from 'vitest'
import { hasTag, markerTag, splitTags, tagPattern, userTags, writeTags } from './map-tags.js'

describe('tags', () => {
  it('are split at the separators of all releases', () => {
    expect(splitTags('prod;web')).toEqual(['prod', 'web'])
    expect(splitTags('prod,web db')).toEqual(['prod', 'web', 'db'])
    expect(splitTags('')).toEqual([])
    expect(splitTags(undefined)).toBe(splitTags(''))
  })

  it('of ours are found and kept from users', () => {
    const tag = markerTag('6f9619ff-8b86-5d11-b42d-00cf4fc964ff')
    expect(tag).toBe('dcm-6f9619ff')
    expect(tag).toMatch(new RegExp(tagPattern))
    expect(hasTag('web;dcm-6f9619ff', tag)).toBe(true)
    expect(hasTag('web;dcm-6f9619ffa', tag)).toBe(false)
    expect(userTags('web;dcm-6f9619ff')).toEqual(['web'])
    expect(userTags('dcm-project')).toEqual(['dcm-project'])
    expect(userTags('dcm-6f9619ff')).toBe(userTags(undefined))
  })

  it('are written once each', () => {
    expect(writeTags(['a', 'b', 'a'])).toBe('a;b')
  })
})
