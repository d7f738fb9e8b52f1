import { expect, it } from 'vitest'
import { gib, kib, mib, tib } from './units.js'

it('counts bytes by 1024', () => {
  expect([kib(1), mib(1), gib(1), tib(1)]).toEqual([1024, 1_048_576, 1_073_741_824, 1_099_511_627_776])
  expect(gib(0.5)).toBe(mib(512))
})
