import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveMarker } from './derive-marker.js'
import { findMarker, formatMarker, parseMarker } from './marker.js'

const parts = { tenant: 't', platformIdentity: 'p', idempotencyKey: 'k', spec: '{}' }

describe('markers', () => {
  it('are the same for the same creation, whoever derives them', () => {
    expect(deriveMarker(parts)).toEqual(deriveMarker({ ...parts }))
  })

  it('differ by tenant, platform, key, and by specification in the hash alone', () => {
    const marker = deriveMarker(parts)
    for (const other of [{ tenant: 'u' }, { platformIdentity: 'q' }, { idempotencyKey: 'l' }]) {
      expect(deriveMarker({ ...parts, ...other }).key).not.toBe(marker.key)
    }
    const otherSpec = deriveMarker({ ...parts, spec: '{"a":1}' })
    expect(otherSpec.key).toBe(marker.key)
    expect(otherSpec.specHash).not.toBe(marker.specHash)
  })

  it('cannot be made equal by shifting text between their parts', () => {
    const one = deriveMarker({ ...parts, tenant: 'a', platformIdentity: 'b,c' })
    const two = deriveMarker({ ...parts, tenant: 'a,b', platformIdentity: 'c' })
    expect(one.key).not.toBe(two.key)
  })

  it('survive any text around them, and nothing else is taken for one', () => {
    const marker = deriveMarker(parts)
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(findMarker(`${before} ${formatMarker(marker)} ${after}`)).toEqual(marker)
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => parseMarker(text) === undefined))
    expect(parseMarker(`${formatMarker(marker)} `)).toBeUndefined()
  })
})
