import { describe, expect, it } from 'vitest'
import { parseNextId } from './vmid-range.js'

describe('the datacenter’s range of ids', () => {
  it.each([
    ['lower=200,upper=300', { from: 200, to: 299 }],
    [
      { lower: '200', upper: 300 },
      { from: 200, to: 299 },
    ],
    ['lower=5000', { from: 5000, to: 999_999 }],
    [undefined, { from: 100, to: 999_999 }],
    ['lower=x,upper=y', { from: 100, to: 999_999 }],
    ['lower=500,upper=400', { from: 100, to: 999_999 }],
  ])('%j', (value, range) => {
    expect(parseNextId(value)).toEqual(range)
  })
})
