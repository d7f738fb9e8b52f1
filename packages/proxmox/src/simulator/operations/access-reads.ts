import { callerOf } from '../access/accounts.js'
import { privilegesOf, rolesOf } from '../access/privileges.js'
import { parameterError, permissionError } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'

function permissions(call: Call): Answer {
  const { world, parameters } = call
  const of = parameters.optionalText('userid')
  const path = parameters.optionalText('path')
  let subject = call.caller
  if (of !== undefined && of !== call.caller.identity) {
    const mayLook = call.caller.user === of.split('!')[0] || world.permissions.has(call.caller, '/access', 'Sys.Audit')
    if (!mayLook) throw permissionError('/access, Sys.Audit')
    const [user = '', token] = of.split('!')
    if (!world.access.users.has(user)) throw parameterError({ userid: `no such user ('${user}')` })
    subject = callerOf(user, token)
  }
  const paths = path === undefined ? world.permissions.knownPaths() : [path]
  const rows = paths.map((known) => [known, Object.fromEntries(flagged(world.permissions.at(subject, known)))] as const)
  return { data: Object.fromEntries(rows.filter(([, held]) => Object.keys(held).length > 0)) }
}

function flagged(held: ReadonlyMap<string, boolean>): (readonly [string, 0 | 1])[] {
  return [...held].map(([privilege, propagates]) => [privilege, propagates ? 1 : 0] as const)
}

function roles({ world }: Call): Answer {
  const rows = [...rolesOf(world.release)].map(([roleid, held]) => ({
    roleid,
    privs: [...held].sort().join(','),
    special: 1,
  }))
  return { data: rows }
}

function role({ world, parameters }: Call): Answer {
  const held = rolesOf(world.release).get(parameters.text('roleid'))
  if (held === undefined) throw parameterError({ roleid: `role '${parameters.text('roleid')}' does not exist` })
  const known = privilegesOf(world.release).filter((privilege) => held.has(privilege))
  return { data: Object.fromEntries(known.map((privilege) => [privilege, 1])) }
}

const domains = [
  { realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication' },
  { realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
]

export const accessReadOperations: readonly Operation[] = [
  { key: 'GET /access/permissions', run: permissions },
  { key: 'GET /access/roles', run: roles },
  { key: 'GET /access/roles/{roleid}', run: role },
  { key: 'GET /access/domains', run: () => ({ data: domains }) },
]
