import { createHash } from 'node:crypto'
import { readSecret, type Secret } from '@dcm/wire/secret'
import { ProxmoxError, refusal } from './error.js'
import { login, type Ticket } from './login.js'
import { publishLogin } from './observe.js'
import type { Sender } from './sender.js'
import type { Authorization, Session } from './session.js'
import { singleFlight } from './single-flight.js'
import type { OneTimePassword } from './tfa.js'

export interface PasswordCredentials {
  /** `user@realm`, or without the realm if `realm` is given. */
  readonly username: string
  readonly password: Secret
  readonly realm?: string
  readonly otp?: OneTimePassword
}

export interface TicketSessionOptions {
  readonly sender: Sender
  /** Milliseconds since any start; only differences count. */
  readonly now: () => number
}

/** Tickets live two hours; the platform renews one that is still valid. */
const renewAfterMs = 75 * 60_000
const validForMs = 115 * 60_000
/** After a failed renewal with a ticket that is still valid. */
const renewAgainAfterMs = 60_000
/** A ticket that came from a new sign-in and is refused again so soon is not replaced: another one would not help. */
const relapseMs = 60_000

interface Current {
  readonly ticket: Ticket
  readonly authorization: Authorization
  readonly obtainedAt: number
  readonly replacesRefused: boolean
  renewAt: number
}

/**
 * Signs by ticket: logs in at the first request, renews with the old ticket after 75 minutes, signs in anew once when
 * the platform no longer knows the ticket. One login at a time, whoever asks. A refused password is not sent again.
 */
export function createTicketSession(credentials: PasswordCredentials, options: TicketSessionOptions): Session {
  const { sender, now } = options
  let current: Current | undefined
  let version = 0
  let knownRefused: string | undefined
  let usedCode = false
  let replacing = false
  let password: string | undefined
  const flight = singleFlight(obtain)

  function authorize(): Authorization | Promise<Authorization> {
    return current !== undefined && now() < current.renewAt ? current.authorization : flight()
  }

  async function obtain(): Promise<Authorization> {
    if (current !== undefined && now() - current.obtainedAt < validForMs) {
      if (now() < current.renewAt) return current.authorization
      return renew(current)
    }
    return signIn()
  }

  async function renew(old: Current): Promise<Authorization> {
    try {
      const ticket = await login(sender, { username: old.ticket.username, password: old.ticket.ticket }, undefined)
      publishLogin({ host: sender.host, username: ticket.username, renewal: true, succeeded: true })
      return keep(ticket)
    } catch (error) {
      publishLogin({ host: sender.host, username: old.ticket.username, renewal: true, succeeded: false })
      if (ProxmoxError.isInstance(error) && error.kind === 'unauthenticated') return signIn()
      old.renewAt = now() + renewAgainAfterMs
      return old.authorization
    }
  }

  async function signIn(): Promise<Authorization> {
    password = await readSecret(credentials.password, 'the password', refusal)
    const fingerprint = createHash('sha256').update(password).digest('hex')
    if (fingerprint === knownRefused) throw refusedBefore(sender.host, credentials.username)
    if (usedCode) throw codeUsed(sender.host, credentials.username)
    const { username, realm } = credentials
    try {
      const ticket = await login(sender, { username, password, realm }, onceOnly(credentials.otp))
      publishLogin({ host: sender.host, username: ticket.username, renewal: false, succeeded: true })
      return keep(ticket)
    } catch (error) {
      publishLogin({ host: sender.host, username, renewal: false, succeeded: false })
      if (ProxmoxError.isInstance(error) && error.kind === 'unauthenticated') knownRefused = fingerprint
      throw error
    }
  }

  function onceOnly(otp: OneTimePassword | undefined): OneTimePassword | undefined {
    if (typeof otp !== 'string') return otp
    return () => {
      usedCode = true
      return otp
    }
  }

  function keep(ticket: Ticket): Authorization {
    version += 1
    const readHeaders = { authorization: `PVEAuthCookie=${encodeURIComponent(ticket.ticket)}` }
    const authorization = {
      version,
      readHeaders,
      writeHeaders: { ...readHeaders, csrfpreventiontoken: ticket.csrfToken },
    }
    const obtainedAt = now()
    current = { ticket, authorization, obtainedAt, replacesRefused: replacing, renewAt: obtainedAt + renewAfterMs }
    replacing = false
    return authorization
  }

  async function refused(used: Authorization, reason: string): Promise<boolean> {
    // "Permission denied - invalid csrf token" and texts of single operations would only be refused again.
    if (reason !== '' && !/^(?:No ticket|Authentication failed!)/i.test(reason)) return false
    if (used.version !== version) return true
    if (current?.replacesRefused && now() - current.obtainedAt < relapseMs) return false
    if (current !== undefined) replacing = true
    current = undefined
    await flight()
    return true
  }

  return {
    authorize,
    refused,
    secrets: () => [password, current?.ticket.ticket, current?.ticket.csrfToken].filter((value) => value !== undefined),
  }
}

function refusedBefore(host: string, username: string): ProxmoxError {
  return new ProxmoxError({
    kind: 'unauthenticated',
    message: `${host} refused this login of ${username} before; it is not tried again, so that the account is not locked. Make a new client with the right password`,
    outcome: 'not-started',
    retryable: false,
    host,
  })
}

function codeUsed(host: string, username: string): ProxmoxError {
  return new ProxmoxError({
    kind: 'tfa-required',
    message: `the session of ${username} at ${host} ended and the one-time code is used up: give auth.otp as a function, or use an API token`,
    outcome: 'not-started',
    retryable: false,
    host,
  })
}
