import { readSecret, type Secret } from '@dcm/wire/secret'
import type { ServiceContent } from '../generated/service-instance.js'
import type { UserSession } from '../generated/session-manager.js'
import type { VsphereClientOptions } from './client-options.js'
import type { VimSchema } from './codec.js'
import type { Connection } from './connection.js'
import { refusal, VsphereError } from './error.js'
import { exchange, readAnswer } from './exchange.js'
import { publishLogin } from './observe.js'

export interface OpenedSession {
  readonly cookie: string
  readonly user: UserSession | undefined
}

export interface Login {
  /**
   * Opens a session: one request, never repeated by itself. `opened` is told of the cookie of a session that the server opened
   * though its answer cannot be read.
   */
  open(
    content: ServiceContent,
    schema: VimSchema,
    apiVersion: string | undefined,
    opened: (cookie: string) => void,
  ): Promise<OpenedSession>
  /** Whether the session is ours to end. */
  readonly ownsSession: boolean
  /** Takes every secret that was used out of a text. */
  redact(text: string): string
}

/** A login is answered slowly where directories are asked. */
const loginTimeoutMs = 60_000

interface LoginCall {
  readonly method: 'Login' | 'LoginByToken' | 'CloneSession'
  readonly parameters: object
  readonly assertion?: string
}

export function createLogin(connection: Connection, { auth, locale }: VsphereClientOptions): Login {
  /** The secret that the server refused, and what it said: the same secret is not sent again, accounts lock. */
  let refused: { readonly secret: string; readonly error: unknown } | undefined
  let used: string[] = []

  async function open(
    content: ServiceContent,
    schema: VimSchema,
    apiVersion: string | undefined,
    opened: (cookie: string) => void,
  ): Promise<OpenedSession> {
    const secret = await readSecret(secretOf(auth), 'the secret in auth', refusal)
    if (!used.includes(secret)) used = [...used.slice(-7), secret]
    if (refused?.secret === secret) throw refused.error
    if ('sessionCookie' in auth) {
      refused = { secret, error: endedError(connection, 'the session of auth.sessionCookie has ended: open a new one') }
      return { cookie: secret, user: undefined }
    }
    const { method, parameters, assertion } = loginCall(auth, secret, locale)
    const header = assertion === undefined ? undefined : { assertion }
    const around = { apiVersion, cookie: undefined, header, timeoutMs: loginTimeoutMs, redact }
    const { sessionManager } = content
    if (sessionManager === undefined) throw endedError(connection, 'the server has no session manager')
    let cookie: string | undefined
    try {
      const answer = await exchange(connection, schema, sessionManager, method, parameters, around)
      cookie = sessionCookieOf(answer.response.headers['set-cookie'])
      const user = (await readAnswer(connection, schema, answer, redact)) as UserSession | undefined // by the method table
      if (cookie === undefined || user === undefined)
        throw endedError(connection, `${method}: the answer opens no session`)
      publishLogin({ host: connection.host, method, succeeded: true })
      // A clone ticket is good for one session.
      if (method === 'CloneSession') {
        refused = {
          secret,
          error: endedError(connection, 'the session of auth.cloneTicket has ended: get a new ticket'),
        }
      }
      return { cookie, user }
    } catch (error) {
      publishLogin({ host: connection.host, method, succeeded: false })
      if (cookie !== undefined) opened(cookie)
      if (VsphereError.isInstance(error) && error.kind === 'unauthenticated') refused = { secret, error }
      throw error
    }
  }

  function redact(text: string): string {
    return used.reduce((left, secret) => (secret.length < 3 ? left : left.replaceAll(secret, '***')), text)
  }

  return { open, ownsSession: !('sessionCookie' in auth), redact }
}

function secretOf(auth: VsphereClientOptions['auth']): Secret {
  if ('password' in auth) return auth.password
  if ('token' in auth) return auth.token
  return 'cloneTicket' in auth ? auth.cloneTicket : auth.sessionCookie
}

function loginCall(auth: VsphereClientOptions['auth'], secret: string, locale: string | undefined): LoginCall {
  if ('username' in auth) {
    return { method: 'Login', parameters: { userName: auth.username, password: secret, locale } }
  }
  if ('token' in auth) return { method: 'LoginByToken', parameters: { locale }, assertion: secret }
  return { method: 'CloneSession', parameters: { cloneTicket: secret } }
}

/** Name and value of the session's cookie, byte for byte: values may stand in quotes. */
function sessionCookieOf(header: string | readonly string[] | undefined): string | undefined {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header
  const line = lines.find((each) => each.trimStart().startsWith('vmware_soap_session='))
  return line?.split(';')[0]?.trim()
}

function endedError(connection: Connection, message: string): VsphereError {
  return new VsphereError({
    kind: 'unauthenticated',
    message,
    outcome: 'not-started',
    retryable: false,
    host: connection.host,
  })
}
