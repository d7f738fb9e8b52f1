import { callerOf, type SecondFactor, type UserAccount } from '../access/accounts.js'
import { isUsable } from '../access/authenticate.js'
import { isTotpCode, sameText } from '../access/totp.js'
import { PlatformError } from '../http/platform-error.js'
import type { World } from '../world.js'
import type { Answer, Call, Operation } from './operation.js'

/** Logs in, renews (the old ticket as password), answers the challenge of a second factor. */
async function login(call: Call): Promise<Answer> {
  const { world, parameters } = call
  const name = parameters.text('username')
  const realm = parameters.optionalText('realm')
  const id = realm === undefined || name.includes('@') ? name : `${name}@${realm}`
  const account = world.access.users.get(id)
  if (!isUsable(account, world.clock.seconds())) throw wrong()
  const challenge = parameters.optionalText('tfa-challenge')
  if (challenge !== undefined) {
    if (parameters.has('otp') || !world.tickets.isChallengeOf(challenge, id)) throw wrong()
    if (!passesSecondFactor(world, account, parameters.text('password'))) throw wrong()
    return granted(world, id)
  }
  const password = parameters.text('password')
  const renewal = world.tickets.read(password)
  const mayRenew = renewal.kind === 'user' && (renewal.user === id || renewal.user === 'root@pam')
  if (mayRenew) return granted(world, id)
  if (account.password === undefined || !sameText(account.password, password)) throw wrong()
  const factor = account.secondFactor
  if (factor === undefined) return granted(world, id)
  const otp = parameters.optionalText('otp')
  if (otp === undefined) return challenged(world, id, factor)
  if (!passesSecondFactor(world, account, otp)) throw wrong()
  return granted(world, id)
}

function wrong(): PlatformError {
  return new PlatformError(401, 'authentication failure\n')
}

function passesSecondFactor(world: World, account: UserAccount, answer: string): boolean {
  const factor = account.secondFactor
  const [, kind = '', code = ''] = /^(totp|recovery):(.*)$/.exec(answer) ?? []
  if (factor === undefined) return false
  if (kind === 'recovery') return factor.recoveryCodes.delete(code)
  return (
    kind === 'totp' && factor.totpSecret !== undefined && isTotpCode(factor.totpSecret, code, world.clock.seconds())
  )
}

function challenged(world: World, id: string, factor: SecondFactor): Answer {
  const factors = {
    ...(factor.totpSecret === undefined ? {} : { totp: true }),
    ...(factor.recoveryCodes.size === 0 ? {} : { recovery: [...factor.recoveryCodes].map((_, index) => index) }),
  }
  return {
    data: {
      username: id,
      ticket: world.tickets.challenge(id, factors),
      CSRFPreventionToken: world.tickets.csrfToken(id),
      NeedTFA: 1,
    },
  }
}

function granted(world: World, id: string): Answer {
  const mayKnowCluster = world.permissions.has(callerOf(id), '/', 'Sys.Audit')
  return {
    data: {
      username: id,
      ticket: world.tickets.ticket(id),
      CSRFPreventionToken: world.tickets.csrfToken(id),
      cap: capabilitiesOf(world, id),
      ...(mayKnowCluster ? { clustername: world.cluster.name } : {}),
    },
  }
}

const capabilityAreas: Readonly<Record<string, { readonly path: string; readonly privileges: RegExp }>> = {
  access: { path: '/access', privileges: /^(?:User\.Modify|Permissions\.Modify|Group\.Allocate)$/ },
  dc: { path: '/', privileges: /^(?:Sys\.Audit|Sys\.Modify|SDN\..+)$/ },
  mapping: { path: '/mapping', privileges: /^(?:Mapping\..+|Permissions\.Modify)$/ },
  nodes: { path: '/nodes', privileges: /^(?:Sys\..+|Permissions\.Modify)$/ },
  sdn: { path: '/sdn', privileges: /^(?:SDN\..+|Permissions\.Modify)$/ },
  storage: { path: '/storage', privileges: /^(?:Datastore\..+|Permissions\.Modify)$/ },
  vms: { path: '/vms', privileges: /^(?:VM\..+|Permissions\.Modify)$/ },
}

function capabilitiesOf(world: World, id: string): Record<string, Record<string, 1>> {
  const areas = Object.entries(capabilityAreas).map(([area, { path, privileges }]) => {
    const held = [...world.permissions.at(callerOf(id), path).keys()].filter((privilege) => privileges.test(privilege))
    return [area, Object.fromEntries(held.map((privilege) => [privilege, 1 as const]))] as const
  })
  return Object.fromEntries(areas)
}

export const accessTicketOperations: readonly Operation[] = [
  { key: 'GET /access/ticket', run: () => ({ data: null }) },
  { key: 'POST /access/ticket', run: login },
]
