import { randomUUID } from 'node:crypto'
import { type ApiToken, createUser, grant, revoke, type UserAccount } from '../access/accounts.js'
import { rolesOf } from '../access/privileges.js'
import { failure, parameterError } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'

function userRow(user: UserAccount): Record<string, unknown> {
  return {
    userid: user.id,
    enable: user.enabled ? 1 : 0,
    expire: user.expire,
    'realm-type': user.id.split('@')[1] ?? '',
    ...(user.comment === undefined ? {} : { comment: user.comment }),
    ...(user.email === undefined ? {} : { email: user.email }),
  }
}

function tokenRow(token: ApiToken): Record<string, unknown> {
  return {
    expire: token.expire,
    privsep: token.privsep ? 1 : 0,
    ...(token.comment === undefined ? {} : { comment: token.comment }),
  }
}

function listUsers({ world, caller }: Call): Answer {
  const seesAll = world.permissions.hasAny(caller, '/access/groups', ['User.Modify', 'Sys.Audit'])
  const rows = [...world.access.users.values()].filter((user) => seesAll || user.id === caller.user)
  return { data: rows.map(userRow) }
}

function requireUser({ world, parameters }: Call): UserAccount {
  const id = parameters.text('userid')
  const user = world.access.users.get(id)
  if (user === undefined) throw failure(`no such user ('${id}')`)
  return user
}

function readUser(call: Call): Answer {
  const user = requireUser(call)
  const { userid: _, 'realm-type': __, ...row } = userRow(user)
  const tokens = Object.fromEntries([...user.tokens.values()].map((token) => [token.id, tokenRow(token)]))
  return { data: { ...row, groups: [...user.groups], tokens } }
}

function createAccount({ world, parameters }: Call): Answer {
  const id = parameters.text('userid')
  if (world.access.users.has(id)) throw failure(`create user failed: user '${id}' already exists`)
  const user = createUser(id, parameters.optionalText('password'))
  applyUser(user, parameters)
  world.access.users.set(id, user)
  return { data: null }
}

function updateUser(call: Call): Answer {
  applyUser(requireUser(call), call.parameters)
  return { data: null }
}

function applyUser(user: UserAccount, parameters: Call['parameters']): void {
  user.enabled = parameters.optionalFlag('enable') ?? user.enabled
  user.expire = parameters.optionalInteger('expire') ?? user.expire
  user.comment = parameters.optionalText('comment') ?? user.comment
  user.email = parameters.optionalText('email') ?? user.email
  if (parameters.has('groups')) user.groups = new Set(parameters.list('groups'))
}

function deleteUser(call: Call): Answer {
  call.world.access.users.delete(requireUser(call).id)
  return { data: null }
}

function listTokens(call: Call): Answer {
  const user = call.world.access.users.get(call.parameters.text('userid'))
  return { data: [...(user?.tokens.values() ?? [])].map((token) => ({ tokenid: token.id, ...tokenRow(token) })) }
}

function requireToken(call: Call): ApiToken {
  const id = call.parameters.text('tokenid')
  const token = requireUser(call).tokens.get(id)
  if (token === undefined) throw failure(`no such token '${id}' for user '${call.parameters.text('userid')}'`)
  return token
}

function createToken(call: Call): Answer {
  const { parameters } = call
  const user = requireUser(call)
  const id = parameters.text('tokenid')
  if (user.tokens.has(id)) throw parameterError({ tokenid: 'Token already exists.' })
  const token: ApiToken = {
    id,
    secret: randomUUID(),
    privsep: parameters.optionalFlag('privsep') ?? true,
    expire: parameters.optionalInteger('expire') ?? 0,
    comment: parameters.optionalText('comment'),
  }
  user.tokens.set(id, token)
  return { data: { 'full-tokenid': `${user.id}!${id}`, info: infoOf(token), value: token.secret } }
}

/** The info of a token is sent with its privilege separation as text. */
function infoOf(token: ApiToken): Record<string, unknown> {
  return { ...tokenRow(token), privsep: token.privsep ? '1' : '0' }
}

function updateToken(call: Call): Answer {
  const token = requireToken(call)
  token.privsep = call.parameters.optionalFlag('privsep') ?? token.privsep
  token.expire = call.parameters.optionalInteger('expire') ?? token.expire
  token.comment = call.parameters.optionalText('comment') ?? token.comment
  return { data: tokenRow(token) }
}

function deleteToken(call: Call): Answer {
  requireUser(call).tokens.delete(requireToken(call).id)
  return { data: null }
}

function listAcl({ world, caller }: Call): Answer {
  const rows = world.access.acl.filter((entry) => world.permissions.has(caller, entry.path, 'Permissions.Modify'))
  return {
    data: rows.map((entry) => ({
      path: entry.path,
      type: entry.kind,
      ugid: entry.subject,
      roleid: entry.role,
      propagate: entry.propagate ? 1 : 0,
    })),
  }
}

function updateAcl({ world, parameters }: Call): Answer {
  const path = parameters.text('path')
  const roles = rolesOf(world.release)
  for (const role of parameters.list('roles')) {
    if (!roles.has(role)) throw failure(`update ACL failed: role '${role}' does not exist`)
    const subjects = [
      ...parameters.list('users').map((subject) => ({ subject, kind: 'user' as const })),
      ...parameters.list('tokens').map((subject) => ({ subject, kind: 'token' as const })),
      ...parameters.list('groups').map((subject) => ({ subject, kind: 'group' as const })),
    ]
    for (const { subject, kind } of subjects) {
      if (parameters.isSet('delete')) revoke(world.access, { path, role, subject })
      else grant(world.access, { path, role, subject, kind, propagate: parameters.optionalFlag('propagate') ?? true })
    }
  }
  return { data: null }
}

export const accessUserOperations: readonly Operation[] = [
  { key: 'GET /access/users', run: listUsers },
  { key: 'POST /access/users', run: createAccount },
  { key: 'GET /access/users/{userid}', run: readUser },
  { key: 'PUT /access/users/{userid}', run: updateUser },
  { key: 'DELETE /access/users/{userid}', run: deleteUser },
  { key: 'GET /access/users/{userid}/token', run: listTokens },
  { key: 'GET /access/users/{userid}/token/{tokenid}', run: (call) => ({ data: tokenRow(requireToken(call)) }) },
  { key: 'POST /access/users/{userid}/token/{tokenid}', run: createToken },
  { key: 'PUT /access/users/{userid}/token/{tokenid}', run: updateToken },
  { key: 'DELETE /access/users/{userid}/token/{tokenid}', run: deleteToken },
  { key: 'GET /access/acl', run: listAcl },
  { key: 'PUT /access/acl', run: updateAcl },
]
