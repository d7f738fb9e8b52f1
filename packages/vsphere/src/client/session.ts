import type { ServiceContent } from '../generated/service-instance.js'
import type { UserSession } from '../generated/session-manager.js'
import { readBody } from './body.js'
import type { VsphereClientOptions } from './client-options.js'
import { closedError } from './closed-error.js'
import { loadSchema, type VimSchema } from './codec.js'
import type { Connection } from './connection.js'
import { VsphereError } from './error.js'
import { exchange, readAnswer } from './exchange.js'
import { createLogin } from './login.js'
import { reference } from './reference.js'
import { chooseVersion } from './versions.js'

/** A session at the server, as long as it lives. */
export interface LiveSession {
  /** Counts logins: what was made in a former session is gone. */
  readonly generation: number
  readonly cookie: string
  readonly apiVersion: string | undefined
  readonly content: ServiceContent
  /** Unknown for a session that was taken over by its cookie. */
  readonly user: UserSession | undefined
}

export interface Session {
  /** The session in use; logs in where there is none. */
  current(): Promise<LiveSession>
  /** Told that a session has ended. Gives the one that follows it: one login, however many calls ask for it. */
  renew(dead: LiveSession): Promise<LiveSession>
  /** What the server can tell without a login. */
  describe(): Promise<{ readonly content: ServiceContent; readonly apiVersion: string | undefined }>
  /** Takes secrets out of texts. */
  redact(text: string): string
  /** Logs out. */
  close(): Promise<void>
}

const serviceInstance = reference('ServiceInstance', 'ServiceInstance')
const logoutTimeoutMs = 10_000

/** The schema of everything that a session itself calls. */
function sessionSchema(): Promise<VimSchema> {
  return loadSchema(['service-instance', 'session-manager'])
}

/** No I/O: the first call logs in. */
export function createSession(connection: Connection, options: VsphereClientOptions): Session {
  const login = createLogin(connection, options)
  let live: LiveSession | undefined
  let opening: Promise<LiveSession> | undefined
  let described: Promise<{ content: ServiceContent; apiVersion: string | undefined }> | undefined
  let generation = 0
  let keepAlive: ReturnType<typeof setInterval> | undefined
  let closed = false
  /**
   * The session before this one. The server may have refused one call and kept it: nobody else would end it. That is done when the next
   * one has taken over, so that nothing is under way in it any more.
   */
  let former: LiveSession | undefined
  /** Logouts of sessions that are not used any more. */
  const partings = new Set<Promise<void>>()

  function describe(): NonNullable<typeof described> {
    described ??= readDescription(connection, options.apiVersion).catch((error: unknown) => {
      described = undefined
      throw error
    })
    return described
  }

  function open(): Promise<LiveSession> {
    opening ??= openNow().finally(() => {
      opening = undefined
    })
    return opening
  }

  async function openNow(): Promise<LiveSession> {
    if (closed) throw closedError(connection.host)
    const { content, apiVersion } = await describe()
    const { cookie, user } = await login.open(content, await sessionSchema(), apiVersion, (cookie) =>
      part({ cookie, apiVersion, content }),
    )
    generation++
    live = { generation, cookie, user, apiVersion, content }
    keepAliveFrom(live)
    return live
  }

  function part(session: SessionAtServer | undefined): void {
    if (session === undefined || !login.ownsSession) return
    const parting = logout(connection, session).finally(() => partings.delete(parting))
    partings.add(parting)
  }

  /** A timer that does not keep the process. A session that ended meanwhile is opened anew by the next call, not by the timer. */
  function keepAliveFrom(session: LiveSession): void {
    clearInterval(keepAlive)
    const everyMs = options.keepAliveMs ?? 600_000
    if (everyMs === 0) return
    keepAlive = setInterval(() => {
      void sendCurrentTime(connection, session).catch(() => undefined) // the next call meets what is wrong
    }, everyMs)
    keepAlive.unref()
  }

  async function close(): Promise<void> {
    closed = true
    clearInterval(keepAlive)
    await opening?.catch(() => undefined) // a login under way must not leave a session behind
    part(former)
    part(live)
    live = undefined
    await Promise.all(partings)
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
    describe,
    redact: login.redact,
    close,
  }
}

async function readDescription(
  connection: Connection,
  wanted: string | undefined,
): Promise<{ content: ServiceContent; apiVersion: string | undefined }> {
  const schema = await sessionSchema()
  const apiVersion = wanted ?? (await negotiate(connection))
  const around = { apiVersion, cookie: undefined }
  const answer = await exchange(connection, schema, serviceInstance, 'RetrieveServiceContent', {}, around)
  const content = (await readAnswer(connection, schema, answer)) as ServiceContent | undefined // by the method table
  if (content !== undefined) return { content, apiVersion }
  throw new VsphereError({
    kind: 'protocol',
    message: 'RetrieveServiceContent: the answer is empty',
    outcome: 'not-started',
    retryable: false,
    host: connection.host,
    operation: 'RetrieveServiceContent',
  })
}

/** Undefined where the server does not tell its versions: it then speaks its oldest or its own one. */
async function negotiate(connection: Connection): Promise<string | undefined> {
  const response = await connection.raw({ method: 'GET', path: '/sdk/vimServiceVersions.xml', idempotent: true })
  if (response.status !== 200) return undefined
  try {
    return chooseVersion(await readBody(response, connection.maxBodyBytes))
  } catch (error) {
    if (error instanceof Error && error.name === 'XmlError') return undefined
    throw connection.readFailure(error, { method: 'GET vimServiceVersions.xml', idempotent: true })
  }
}

async function sendCurrentTime(connection: Connection, session: LiveSession): Promise<void> {
  const schema = await sessionSchema()
  const { response } = await exchange(connection, schema, serviceInstance, 'CurrentTime', {}, session)
  await response.bytes()
}

/** What it takes to end a session. */
type SessionAtServer = Pick<LiveSession, 'cookie' | 'apiVersion' | 'content'>

/** Best effort: a session that cannot be ended now ends by itself. */
async function logout(connection: Connection, session: SessionAtServer): Promise<void> {
  const { sessionManager } = session.content
  if (sessionManager === undefined) return
  const around = { ...session, timeoutMs: logoutTimeoutMs }
  try {
    const { response } = await exchange(connection, await sessionSchema(), sessionManager, 'Logout', {}, around)
    await response.bytes()
  } catch {
    // Nothing is left to be done about it.
  }
}
