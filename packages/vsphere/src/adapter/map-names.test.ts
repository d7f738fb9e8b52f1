import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeName, encodeName } from './map-names.js'

it('escapes what the inventory escapes, and nothing else', () => {
  expect(encodeName('a/b\\c 100%+')).toBe('a%2fb%5cc 100%25+')
  expect(decodeName('a%2Fb%5cc%20+')).toBe('a/b\\c%20+')
})

it('gives back any name', () => {
  fc.assert(fc.property(fc.string(), (name) => decodeName(encodeName(name)) === name))
})
