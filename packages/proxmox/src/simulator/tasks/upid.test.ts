import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUpid, printUpid } from './upid.js'

describe('task ids', () => {
  it('are read back as they were printed', () => {
    const number = fc.integer({ min: 1, max: 0xffffffff })
    const parts = fc.record({
      node: fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/),
      pid: number,
      pstart: number,
      starttime: number,
      type: fc.constantFrom('qmstart', 'bulk-start', 'imgcopy'),
      id: fc.constantFrom('', '100', '100@local'),
      user: fc.constantFrom('root@pam', 'dev@pve!ci'),
    })
    fc.assert(
      fc.property(parts, (given) => {
        expect(parseUpid(printUpid(given))).toEqual(given)
      }),
    )
  })

  it('are nothing else', () => {
    for (const text of ['UPID:x', '', 'OK', 'UPID:pve1:1:2:3:qmstart:100:root@pam:'])
      expect(parseUpid(text)).toBeUndefined()
  })
})
