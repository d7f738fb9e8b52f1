import { describe, expect, it } from 'vitest'
import { createTokenSession } from './auth-token.js'

describe('createTokenSession', () => {
  it('writes the header with = before the secret, the same for reads and writes', async () => {
    const session = createTokenSession({ tokenId: 'root@pam!ci', secret: 'aaaa-bbbb' })
    const authorization = await session.authorize()
    expect(authorization.readHeaders).toEqual({ authorization: 'PVEAPIToken=root@pam!ci=aaaa-bbbb' })
    expect(authorization.writeHeaders).toEqual(authorization.readHeaders)
    expect(session.secrets()).toEqual(['aaaa-bbbb'])
    expect(session.authorize()).toBe(authorization)
  })

  it.each([['root@pam'], ['root!ci'], ['root@pam!ci=secret'], ['root@pam!c i'], [''], ['a:b@pam!x']])(
    'refuses %j as tokenId',
    (tokenId) => {
      expect(() => createTokenSession({ tokenId, secret: 'x' })).toThrow('tokenId must look like')
    },
  )

  it.each([[''], ['a b'], ['a\r\nX: y'], ['ä']])('refuses %j as secret without showing it', async (secret) => {
    const failure = await Promise.resolve(createTokenSession({ tokenId: 'root@pam!ci', secret }).authorize()).catch(
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ kind: 'validation' })
    if (secret !== '') expect(String(failure)).not.toContain(secret)
  })

  it('takes a refusal of a fixed secret as final', async () => {
    const session = createTokenSession({ tokenId: 'root@pam!ci', secret: 'aaaa' })
    expect(await session.refused(await session.authorize(), 'Authentication failed!')).toBe(false)
  })

  it('asks a function again after a refusal, and goes on only with another secret', async () => {
    const answers = ['old', 'old', 'new']
    let asked = 0
    const session = createTokenSession({ tokenId: 'root@pam!ci', secret: () => answers[asked++] ?? 'new' })
    const first = await session.authorize()
    expect(await session.refused(first, 'Authentication failed!')).toBe(false)
    expect(await session.refused(first, 'Authentication failed!')).toBe(true)
    expect((await session.authorize()).readHeaders.authorization).toBe('PVEAPIToken=root@pam!ci=new')
    // Another call that was refused with the old one meanwhile: nothing to ask.
    expect(await session.refused(first, 'Authentication failed!')).toBe(true)
    expect(asked).toBe(3)
  })

  it('asks once for calls that come together', async () => {
    let asked = 0
    const session = createTokenSession({
      tokenId: 'root@pam!ci',
      secret: async () => {
        asked += 1
        return 'aaaa'
      },
    })
    await Promise.all([session.authorize(), session.authorize()])
    expect(asked).toBe(1)
  })
})
