import { type AccessState, createUser, grant } from '../access/accounts.js'
import type { SeedOptions } from './seed-options.js'

export interface RootCredentials {
  readonly password: string
  /** Secret of the token `root@pam!simulator`. */
  readonly tokenSecret: string
}

export const ROOT = 'root@pam'
export const ROOT_TOKEN = 'simulator'

/** root@pam with a token that has all of its rights, and whoever else was asked for. */
export function seedAccess(options: SeedOptions, root: RootCredentials): AccessState {
  const state: AccessState = { users: new Map(), acl: [], groups: new Set() }
  const administrator = createUser(ROOT, root.password)
  administrator.tokens.set(ROOT_TOKEN, {
    id: ROOT_TOKEN,
    secret: root.tokenSecret,
    privsep: false,
    expire: 0,
    comment: undefined,
  })
  state.users.set(ROOT, administrator)
  for (const seed of options.users ?? []) {
    const user = state.users.get(seed.id) ?? createUser(seed.id, seed.password)
    for (const group of seed.groups ?? []) {
      user.groups.add(group)
      state.groups.add(group)
    }
    for (const token of seed.tokens ?? []) {
      user.tokens.set(token.id, {
        id: token.id,
        secret: token.secret,
        privsep: token.privsep ?? true,
        expire: 0,
        comment: undefined,
      })
    }
    if (seed.totpSecret !== undefined || seed.recoveryCodes !== undefined) {
      user.secondFactor = {
        recoveryCodes: new Set(seed.recoveryCodes ?? []),
        ...(seed.totpSecret === undefined ? {} : { totpSecret: seed.totpSecret }),
      }
    }
    state.users.set(seed.id, user)
  }
  for (const entry of options.acl ?? []) {
    const isGroup = entry.subject.startsWith('@')
    grant(state, {
      path: entry.path,
      role: entry.role,
      subject: isGroup ? entry.subject.slice(1) : entry.subject,
      kind: isGroup ? 'group' : entry.subject.includes('!') ? 'token' : 'user',
      propagate: entry.propagate ?? true,
    })
  }
  return state
}
