import { gzipSync } from 'node:zlib'
import { readSecret } from '@dcm/wire/secret'
import { readBody } from '../body.js'
import type { VsphereAuth } from '../client-options.js'
import { closedError } from '../closed-error.js'
import type { Connection } from '../connection.js'
import { refusal, VsphereError } from '../error.js'
import { publishLogin } from '../observe.js'
import { nextOperationId, operationIdHeader } from '../operation-id.js'
import { parseJson } from './parse-json.js'
import { readRestError } from './rest-error.js'
import { type RestForm, readResult } from './rest-form.js'

/** A session of the REST services, which is another than that of the API. */
export interface LiveRestSession {
  /** Counts logins. */
  readonly generation: number
  readonly id: string
  readonly form: RestForm
}

export interface RestSession {
  /** The session in use; logs in where there is none. */
  current(): Promise<LiveRestSession>
  /** Told that a session has ended. Gives the one that follows it: one login, however many calls ask for it. */
  renew(dead: LiveRestSession): Promise<LiveRestSession>
  /** Logs out. */
  close(): Promise<void>
}

export const sessionHeader = 'vmware-api-session-id'

const paths = { api: '/api/session', rest: '/rest/com/vmware/cis/session' } as const
const loginTimeoutMs = 60_000
const logoutTimeoutMs = 10_000

/** No I/O: the first call logs in. */
export function createRestSession(connection: Connection, auth: VsphereAuth): RestSession {
  let live: LiveRestSession | undefined
  let opening: Promise<LiveRestSession> | undefined
  /** The secret that was refused, and how: accounts lock when it is sent again. */
  let refused: { readonly header: string; readonly error: unknown } | undefined
  let generation = 0
  let closed = false
  /**
   * The session before this one. The server may have refused one call and kept it: nobody else would end it. That is done when the next
   * one has taken over, so that nothing is under way in it any more.
   */
  let former: LiveRestSession | undefined
  /** Logouts of sessions that are not used any more. */
  const partings = new Set<Promise<void>>()

  function open(): Promise<LiveRestSession> {
    opening ??= openNow().finally(() => {
      opening = undefined
    })
    return opening
  }

  async function openNow(): Promise<LiveRestSession> {
    if (closed) throw closedError(connection.host)
    const header = await authorizationOf(auth)
    if (refused?.header === header) throw refused.error
    try {
      const { id, form } = await login(connection, header)
      generation++
      live = { generation, id, form }
      return live
    } catch (error) {
      if (VsphereError.isInstance(error) && error.kind === 'unauthenticated') refused = { header, error }
      throw error
    }
  }

  function part(session: LiveRestSession | undefined): void {
    if (session === undefined) return
    const parting = logout(connection, session).finally(() => partings.delete(parting))
    partings.add(parting)
  }

  return {
    current: async () => live ?? open(),
    renew: async (dead) => {
      if (live !== undefined && live.generation > dead.generation) return live
      if (live !== undefined) {
        part(former)
        former = live
      }
      live = undefined
      return open()
    },
    close: async () => {
      closed = true
      await opening?.catch(() => undefined) // a login under way must not leave a session behind
      part(former)
      part(live)
      live = undefined
      await Promise.all(partings)
    },
  }
}

/** One login: below `/api`, and where there is no such thing, below `/rest`. */
async function login(connection: Connection, authorization: string): Promise<Pick<LiveRestSession, 'id' | 'form'>> {
  for (const form of ['api', 'rest'] as const) {
    const method = `POST ${paths[form]}` as const
    const operationId = nextOperationId()
    const headers = {
      authorization,
      'vmware-use-header-authn': 'true',
      [operationIdHeader]: operationId,
      accept: 'application/json',
    }
    const request = {
      method: 'POST',
      path: paths[form],
      headers,
      idempotent: false,
      timeoutMs: loginTimeoutMs,
    } as const
    const response = await connection.raw(request)
    const body = await readBody(response, connection.maxBodyBytes).catch((error: unknown) => {
      throw connection.readFailure(error, { method, operationId, idempotent: false })
    })
    if (response.status === 404) continue
    const answer = parseJson(body)
    const id = response.status < 300 ? readResult(form, answer) : undefined
    publishLogin({ host: connection.host, method, succeeded: typeof id === 'string' })
    if (typeof id === 'string') return { id, form }
    const { host } = connection
    throw readRestError({ host, operation: method, operationId, status: response.status, body: answer, read: false })
  }
  throw new VsphereError({
    kind: 'unsupported',
    message: 'the server has no REST services: they are part of vCenter, an ESXi host has none',
    outcome: 'not-started',
    retryable: false,
    host: connection.host,
    operation: 'login',
  })
}

/** Best effort: a session that cannot be ended now ends by itself. */
async function logout(connection: Connection, { id, form }: LiveRestSession): Promise<void> {
  const headers = { [sessionHeader]: id, [operationIdHeader]: nextOperationId() }
  try {
    const response = await connection.raw({
      method: 'DELETE',
      path: paths[form],
      headers,
      idempotent: true,
      timeoutMs: logoutTimeoutMs,
    })
    await response.bytes()
  } catch {
    // Nothing is left to be done about it.
  }
}

async function authorizationOf(auth: VsphereAuth): Promise<string> {
  if ('username' in auth) {
    const password = await readSecret(auth.password, 'the secret in auth', refusal)
    return `Basic ${Buffer.from(`${auth.username}:${password}`).toString('base64')}`
  }
  if ('token' in auth) {
    const token = gzipSync(await readSecret(auth.token, 'the secret in auth', refusal)).toString('base64')
    return `SIGN token="${token}"`
  }
  throw refusal('the REST services need a user name or a SAML token: a session of the API opens none of them')
}
