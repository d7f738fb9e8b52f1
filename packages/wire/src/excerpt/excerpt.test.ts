import { describe, expect, it } from 'vitest'
import { excerptOf } from './excerpt.js'

describe('excerptOf', () => {
  it('shows who answered, in one line', () => {
    const page = '<html>\n<head><title>502 Bad Gateway</title></head>\n<body>nginx</body></html>'
    expect(excerptOf(page)).toBe('<html> <head><title>502 Bad Gateway</title></head> <body>nginx</body></html>')
  })

  it('masks what is long enough to be a ticket or a token', () => {
    const echoed = 'Cookie: PVEAuthCookie=PVE:root@pam:6A2B3C4D::abcdef, token 6f9619ff-8b86-5d11-b42d-00cf4fc964ff'
    expect(excerptOf(echoed)).toBe('Cookie: ... token ...')
  })

  it('is short, also when it is cut within a ticket', () => {
    expect(excerptOf('a '.repeat(1000))).toHaveLength(120)
    expect(excerptOf(`${'a '.repeat(230)}${'secret'.repeat(10)}`)).not.toContain('secret')
  })
})
