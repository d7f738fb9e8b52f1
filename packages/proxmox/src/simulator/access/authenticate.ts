import type { IncomingHttpHeaders } from 'node:http'
import { PlatformError } from '../http/platform-error.js'
import { type AccessState, type Caller, callerOf, type UserAccount } from './accounts.js'
import type { TicketOffice } from './tickets.js'
import { sameText } from './totp.js'

export interface AuthenticationInput {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** Uploads with a ticket need no CSRF token. */
  readonly isUpload: boolean
  readonly seconds: number
}

/** 401 with an empty body; the reason phrase is all the platform says. */
export class Unauthenticated extends PlatformError {
  constructor(reason: string) {
    super(401, reason)
  }
}

/**
 * Who calls: the `PVEAuthCookie` cookie first, then the `Authorization` header with a ticket, then one with an API token
 * (the order of Proxmox VE 9.2).
 */
export function authenticate(input: AuthenticationInput, access: AccessState, tickets: TicketOffice): Caller {
  const ticket = ticketOf(input.headers)
  if (ticket !== undefined) return byTicket(ticket, input, access, tickets)
  const token = /^PVEAPIToken=(.*)$/.exec(input.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new Unauthenticated('No ticket')
  return byToken(token, input.seconds, access)
}

export function isUsable(user: UserAccount | undefined, seconds: number): user is UserAccount {
  return user?.enabled === true && (user.expire === 0 || user.expire > seconds)
}

function ticketOf(headers: IncomingHttpHeaders): string | undefined {
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(headers.cookie ?? '')?.[1]
  if (cookie !== undefined && cookie !== '') return percentDecoded(cookie.replace(/^"|"$/g, ''))
  const header = /^PVEAuthCookie=(.*)$/.exec(headers.authorization ?? '')?.[1]
  return header === undefined || header === '' ? undefined : percentDecoded(header)
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function byTicket(ticket: string, input: AuthenticationInput, access: AccessState, tickets: TicketOffice): Caller {
  const reading = tickets.read(ticket)
  if (reading.kind === 'challenge') throw new Unauthenticated('No ticket')
  if (reading.kind === 'invalid' || !isUsable(access.users.get(reading.user), input.seconds)) {
    throw new Unauthenticated('Authentication failed!')
  }
  const csrf = input.headers.csrfpreventiontoken
  if (
    input.method !== 'GET' &&
    !input.isUpload &&
    !(typeof csrf === 'string' && tickets.isCsrfToken(csrf, reading.user))
  ) {
    throw new Unauthenticated('Permission denied - invalid csrf token')
  }
  return callerOf(reading.user)
}

function byToken(value: string, seconds: number, access: AccessState): Caller {
  const [, user = '', id = '', secret = ''] = /^([^!\s]+)!([^=\s]+)=(.*)$/.exec(value) ?? []
  const account = access.users.get(user)
  const token = account?.tokens.get(id)
  const usable = isUsable(account, seconds) && token !== undefined && (token.expire === 0 || token.expire > seconds)
  if (!usable || !sameText(token.secret, secret)) throw new Unauthenticated('Authentication failed!')
  return callerOf(user, id)
}
