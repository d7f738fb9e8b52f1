import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUpid, parseUpid } from './upid.js'

const upid = 'UPID:pve1:0001A2B3:0C0FFEE0:6B03FC5D:qmcreate:100:dev@pve!ci:'

describe('parseUpid', () => {
  it('reads every part', () => {
    expect(parseUpid(upid)).toEqual({
      upid,
      node: 'pve1',
      pid: 0x1a2b3,
      pstart: 0xc0ffee0,
      startTime: 0x6b03fc5d,
      type: 'qmcreate',
      id: '100',
      user: 'dev@pve!ci',
    })
  })

  it('knows empty ids and hyphens in types', () => {
    expect(parseUpid('UPID:a-b:00000001:123456789:00000001:bulk-start::root@pam:')).toMatchObject({
      type: 'bulk-start',
      id: '',
      pstart: 0x123456789,
    })
  })

  it.each([
    [''],
    ['UPID:x'],
    [upid.slice(0, -1)],
    [`${upid}x`],
    [upid.replace('pve1', 'pve/1')],
    [` ${upid}`],
    [`${upid}\n`],
  ])('refuses %j', (text) => {
    expect(isUpid(text)).toBe(false)
    expect(() => parseUpid(text)).toThrow('not a task id')
  })

  it('agrees with isUpid on any value', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string().map((text) => `UPID:${text}`),
        ),
        (value) => {
          if (isUpid(value)) expect(parseUpid(value).upid).toBe(value)
          else if (typeof value === 'string') expect(() => parseUpid(value)).toThrow()
        },
      ),
    )
  })
})
