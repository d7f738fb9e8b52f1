import type { Release } from '../schema/release.js'
import type { AccessState, AclEntry, Caller } from './accounts.js'
import { privilegesOf, rolesOf } from './privileges.js'

/** Privilege to whether it also holds below the path. */
export type PrivilegesAt = ReadonlyMap<string, boolean>

export interface Permissions {
  /** What a caller may do at a path such as `/vms/100`. */
  at(caller: Caller, path: string): PrivilegesAt
  has(caller: Caller, path: string, privilege: string): boolean
  hasAny(caller: Caller, path: string, privileges: readonly string[]): boolean
  /** Paths at which entries are set, besides the well-known ones. */
  knownPaths(): string[]
}

const wellKnownPaths = ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms']

/**
 * Rights as Proxmox VE computes them: the nearest level of the path that names the subject decides, entries of the user
 * outweigh those of groups, a privilege-separated token has at most what both it and its user have, and members of a pool
 * also get what is granted on the pool. `poolOf` gives the pool of a `/vms/..` or `/storage/..` path.
 */
export function createPermissions(
  state: AccessState,
  release: Release,
  poolOf: (path: string) => string | undefined,
): Permissions {
  const roles = rolesOf(release)
  const everything: PrivilegesAt = new Map(privilegesOf(release).map((privilege) => [privilege, true]))
  const releaseKnows = new Set(privilegesOf(release))

  function rolePrivileges(entries: readonly AclEntry[]): PrivilegesAt {
    const privileges = new Map<string, boolean>()
    if (entries.some((entry) => entry.role === 'NoAccess')) return privileges
    for (const entry of entries) {
      for (const privilege of roles.get(entry.role) ?? []) {
        privileges.set(privilege, entry.propagate || privileges.get(privilege) === true)
      }
    }
    return privileges
  }

  function entriesFor(subject: string, groups: ReadonlySet<string>, path: string): readonly AclEntry[] {
    let deciding: readonly AclEntry[] = []
    for (const level of levelsOf(path)) {
      const here = state.acl.filter((entry) => entry.path === level && (level === path || entry.propagate))
      const own = here.filter((entry) => entry.kind !== 'group' && entry.subject === subject)
      const shared = here.filter((entry) => entry.kind === 'group' && groups.has(entry.subject))
      if (own.length > 0) deciding = own
      else if (shared.length > 0) deciding = shared
    }
    return deciding
  }

  function subjectAt(subject: string, groups: ReadonlySet<string>, path: string): PrivilegesAt {
    const direct = rolePrivileges(entriesFor(subject, groups, path))
    const pool = poolOf(path)
    if (pool === undefined) return direct
    const viaPool = rolePrivileges(entriesFor(subject, groups, `/pool/${pool}`))
    return new Map([...viaPool, ...direct])
  }

  function userAt(user: string, path: string): PrivilegesAt {
    if (user === 'root@pam') return everything
    return subjectAt(user, state.users.get(user)?.groups ?? new Set(), path)
  }

  function at(caller: Caller, path: string): PrivilegesAt {
    const ofUser = userAt(caller.user, path)
    if (caller.token === undefined) return ofUser
    const token = state.users.get(caller.user)?.tokens.get(caller.token)
    if (token === undefined) return new Map()
    if (!token.privsep) return ofUser
    const ofToken = subjectAt(caller.identity, new Set(), path)
    return new Map([...ofToken].filter(([privilege]) => ofUser.has(privilege)))
  }

  /** Checks written for 9.2 also run against older releases, where one privilege stood for all of the guest agent's. */
  function inRelease(privilege: string): string {
    if (releaseKnows.has(privilege)) return privilege
    return privilege.startsWith('VM.GuestAgent.') ? 'VM.Monitor' : privilege
  }

  return {
    at,
    has: (caller, path, privilege) => at(caller, path).has(inRelease(privilege)),
    hasAny(caller, path, privileges) {
      const granted = at(caller, path)
      return privileges.some((privilege) => granted.has(inRelease(privilege)))
    },
    knownPaths: () => [...new Set([...wellKnownPaths, ...state.acl.map((entry) => entry.path)])],
  }
}

/** `/vms/100` gives `/`, `/vms`, `/vms/100`. */
function levelsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}
