import { randomUUID } from 'node:crypto'
import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import { keyOf, type ManagedObject, type ManagedTypeName, type Ref, type State } from '../world/managed-object.js'
import type { World } from '../world/world.js'

/** What lives and dies with a session: views, collectors, filters. */
export interface SessionObject {
  readonly object: ManagedObject
  /** Called when it is destroyed or its session ends. */
  end?(): void
}

export interface Session {
  readonly key: string
  /** What the cookie carries. */
  readonly token: string
  readonly userName: string
  readonly userAgent: string
  readonly loginTime: string
  lastActive: number
  calls: number
  readonly objects: Map<string, SessionObject>
  /** Pages of listings that are not read yet, by token. */
  readonly pages: Map<string, unknown>
}

export interface Sessions {
  login(userName: string, userAgent: string): Session
  /** The session of a token, which is now active again; undefined when it is unknown or was idle for too long. */
  use(token: string | undefined): Session | undefined
  end(session: Session): void
  /** Those that live. */
  list(): Session[]
  readonly loginCount: number
}

export function createSessions(world: World, limits: { readonly idleMs: number; readonly max: number }): Sessions {
  const byToken = new Map<string, Session>()
  let loginCount = 0
  const end = (session: Session): void => {
    byToken.delete(session.token)
    for (const each of session.objects.values()) each.end?.()
    session.objects.clear()
  }
  const endIdle = (): void => {
    for (const session of [...byToken.values()])
      if (world.clock.now() - session.lastActive > limits.idleMs) end(session)
  }
  return {
    get loginCount() {
      return loginCount
    },
    login(userName, userAgent) {
      endIdle()
      if (byToken.size >= limits.max) throw new TooManySessions()
      loginCount += 1
      const session: Session = {
        key: randomUUID(),
        token: randomUUID().replaceAll('-', ''),
        userName,
        userAgent,
        loginTime: world.timestamp(),
        lastActive: world.clock.now(),
        calls: 0,
        objects: new Map(),
        pages: new Map(),
      }
      byToken.set(session.token, session)
      addOwnManager(world, session, () => [...byToken.values()])
      return session
    },
    use(token) {
      endIdle()
      const session = token === undefined ? undefined : byToken.get(token)
      if (session === undefined) return undefined
      session.lastActive = world.clock.now()
      session.calls += 1
      return session
    },
    end,
    list() {
      endIdle()
      return [...byToken.values()]
    },
  }
}

export const notAuthenticated = (object: Ref): Error =>
  vimFault('NotAuthenticated', { object, privilegeId: 'System.View' }, 'The session is not authenticated.')

/** Objects that may be read without a session. */
export const isOpenToAll = ({ type }: Ref): boolean => type === 'SessionManager' || type === 'ServiceInstance'

/** Answered with 503 before anything is said in SOAP. */
export class TooManySessions extends Error {
  override readonly name = 'TooManySessions'
}

/** Each session sees itself in the session manager. */
function addOwnManager(world: World, session: Session, all: () => Session[]): void {
  const ref = world.content.sessionManager
  const shared = ref === undefined ? undefined : world.get('SessionManager', ref)
  if (ref === undefined || shared === undefined) return
  const state: State<'SessionManager'> = {
    ...shared.state,
    get currentSession() {
      return describeSession(session)
    },
    get sessionList() {
      return all().map(describeSession)
    },
  }
  session.objects.set(keyOf(ref), { object: { ref, state, revision: 1 } })
}

/** A new object of a session; its name tells whose it is. */
export function addToSession<Type extends ManagedTypeName>(
  session: Session,
  type: Type,
  state: State<Type>,
  end?: () => void,
): ManagedObject<Type> {
  const object = { ref: { type, value: `session[${session.key}]${randomUUID()}` }, state, revision: 1 }
  session.objects.set(keyOf(object.ref), { object, ...(end === undefined ? {} : { end }) })
  return object
}

export function dropFromSession(session: Session, ref: Ref): void {
  const known = session.objects.get(keyOf(ref))
  if (known === undefined) throw vimFault('ManagedObjectNotFound', { obj: ref })
  session.objects.delete(keyOf(ref))
  known.end?.()
}

/** `currentSession` and the answer of a login. */
export function describeSession(session: Session): XmlInput<Vim25Types['UserSession']> {
  return {
    key: session.key,
    userName: session.userName,
    fullName: session.userName,
    loginTime: session.loginTime,
    lastActiveTime: new Date(session.lastActive).toISOString(),
    locale: 'en',
    messageLocale: 'en',
    extensionSession: false,
    ipAddress: '127.0.0.1',
    userAgent: session.userAgent,
    callCount: session.calls,
  }
}
