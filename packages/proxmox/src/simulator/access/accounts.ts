/** A user of the access system; `id` is `name@realm`. */
export interface UserAccount {
  readonly id: string
  password: string | undefined
  enabled: boolean
  /** Seconds since the epoch; 0 means never. */
  expire: number
  comment: string | undefined
  email: string | undefined
  groups: Set<string>
  secondFactor: SecondFactor | undefined
  readonly tokens: Map<string, ApiToken>
}

export interface SecondFactor {
  /** Base32 secret of the time-based codes. */
  readonly totpSecret?: string
  /** Each works once. */
  readonly recoveryCodes: Set<string>
}

export interface ApiToken {
  readonly id: string
  secret: string
  /** The token has only rights of its own, and never more than its user. */
  privsep: boolean
  expire: number
  comment: string | undefined
}

export interface AclEntry {
  readonly path: string
  readonly role: string
  /** `name@realm`, `name@realm!token`, or the name of a group. */
  readonly subject: string
  readonly kind: 'user' | 'token' | 'group'
  readonly propagate: boolean
}

/** Who makes a call. */
export interface Caller {
  readonly user: string
  readonly token: string | undefined
  /** `name@realm` or `name@realm!token`, as it stands in task ids. */
  readonly identity: string
}

export interface AccessState {
  readonly users: Map<string, UserAccount>
  readonly acl: AclEntry[]
  readonly groups: Set<string>
}

export function callerOf(user: string, token?: string): Caller {
  return { user, token, identity: token === undefined ? user : `${user}!${token}` }
}

export function createUser(id: string, password?: string): UserAccount {
  return {
    id,
    password,
    enabled: true,
    expire: 0,
    comment: undefined,
    email: undefined,
    groups: new Set(),
    secondFactor: undefined,
    tokens: new Map(),
  }
}

/** Sets or replaces the entry of one subject, path and role. */
export function grant(state: AccessState, entry: AclEntry): void {
  revoke(state, entry)
  state.acl.push(entry)
}

export function revoke(state: AccessState, entry: Pick<AclEntry, 'path' | 'role' | 'subject'>): void {
  const at = state.acl.findIndex(
    (known) => known.path === entry.path && known.role === entry.role && known.subject === entry.subject,
  )
  if (at >= 0) state.acl.splice(at, 1)
}
