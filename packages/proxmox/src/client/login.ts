import { encodeForm } from './encode-form.js'
import { ProxmoxError } from './error.js'
import { readError } from './read-error.js'
import type { Sender } from './sender.js'
import { answerTfa, type OneTimePassword, readTfaChallenge } from './tfa.js'

const operation = 'POST /access/ticket'
/** A refused login is answered after 3 s. */
const loginTimeoutMs = 15_000

/** A ticket and what goes with it. */
export interface Ticket {
  readonly ticket: string
  readonly csrfToken: string
  readonly username: string
}

export interface LoginForm {
  readonly username: string
  /** A password, or a ticket that is still valid: that renews it. */
  readonly password: string
  readonly realm?: string | undefined
}

/**
 * One login: POST /access/ticket, and a second one where the account has a second factor. Never repeated by itself.
 * Errors: `unauthenticated`, `tfa-required`, `protocol`, and those of the connection.
 */
export async function login(sender: Sender, form: LoginForm, otp: OneTimePassword | undefined): Promise<Ticket> {
  const first = await post(sender, { ...form })
  if (!truthy(first.NeedTFA)) return readTicket(sender, first)
  const challenge = readTfaChallenge(first.ticket)
  const answer = await answerTfa(otp, challenge, { host: sender.host, username: form.username })
  const second = await post(sender, {
    username: form.username,
    ...(form.realm === undefined ? {} : { realm: form.realm }),
    'tfa-challenge': first.ticket,
    password: answer,
  })
  return readTicket(sender, second)
}

type Answer = Readonly<Record<string, unknown>> & { readonly ticket: string }

async function post(sender: Sender, form: Readonly<Record<string, string | undefined>>): Promise<Answer> {
  const response = await sender.send({
    operation,
    method: 'POST',
    path: '/api2/json/access/ticket',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: encodeForm(form),
    timeoutMs: loginTimeoutMs,
  })
  const body = await response.text()
  if (response.status !== 200) {
    throw readError({
      status: response.status,
      reason: response.statusText,
      body,
      host: sender.host,
      operation,
      secrets: secretsOf(form),
    })
  }
  return readAnswer(sender, body)
}

function secretsOf(form: Readonly<Record<string, string | undefined>>): string[] {
  return [form.password, form['tfa-challenge']].filter((value) => value !== undefined)
}

function readAnswer(sender: Sender, body: string): Answer {
  const data = dataOf(body)
  if (typeof data?.ticket === 'string' && data.ticket !== '') return { ...data, ticket: data.ticket }
  // The body may hold a ticket, so nothing of it is shown.
  throw protocolError(
    sender,
    `${sender.host} answered the login with something that is not a ticket: is this a Proxmox VE?`,
  )
}

function dataOf(body: string): Record<string, unknown> | undefined {
  try {
    const envelope: unknown = JSON.parse(body)
    if (typeof envelope !== 'object' || envelope === null || !('data' in envelope)) return undefined
    const { data } = envelope
    return typeof data === 'object' && data !== null ? { ...data } : undefined
  } catch {
    return undefined
  }
}

function readTicket(sender: Sender, answer: Answer): Ticket {
  const { ticket, username, CSRFPreventionToken: csrfToken } = answer
  if (typeof csrfToken === 'string' && typeof username === 'string') return { ticket, csrfToken, username }
  throw protocolError(sender, `${sender.host} gave a ticket without the token that writing needs`)
}

function protocolError(sender: Sender, message: string): ProxmoxError {
  return new ProxmoxError({
    kind: 'protocol',
    message,
    outcome: 'not-started',
    retryable: false,
    host: sender.host,
    operation,
  })
}

function truthy(value: unknown): boolean {
  return value === 1 || value === '1' || value === true
}
