import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'

/** Sessions and what the platform says of itself. */
export const sessionCalls: Pick<Handlers, 'session.open' | 'session.close' | 'about'> = {
  'session.open': (site, { user, password }) => {
    if (site.accounts.get(user)?.password !== password)
      throw new NativeRefusal('BAD_LOGIN', 'user or password is wrong')
    const session = crypto.randomUUID()
    site.sessions.set(session, user)
    return { session }
  },
  'session.close': (site, _args, session) => {
    site.sessions.delete(session ?? '')
    return null
  },
  about: (site, _args, session) => {
    const user = site.sessions.get(session ?? '') ?? ''
    const rights = site.accounts.get(user)?.rights ?? []
    return {
      product: 'In-memory hypervisor',
      version: '1.0',
      serial: site.serial,
      site: site.name,
      user,
      rights,
      lacks: [...site.lacks],
    }
  },
}
