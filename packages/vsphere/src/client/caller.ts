import { schemaOfMethod } from './codec.js'
import type { Connection } from './connection.js'
import { isFault, VsphereError } from './error.js'
import { type CallLimits, exchange, readAnswer } from './exchange.js'
import { meansNoSession } from './fault-kinds.js'
import { isOfSession, type ManagedObjectReference } from './reference.js'
import { namesOfCall, refuseNewer } from './refuse-newer.js'
import type { LiveSession, Session } from './session.js'

/** Calls within a session that is renewed when it has ended. */
export interface Caller {
  readonly connection: Connection
  readonly session: Session
  /** One call of a method. */
  call(object: ManagedObjectReference, method: string, parameters?: object, limits?: CallLimits): Promise<unknown>
  /** One call in a session that is given; nothing is done about its end. */
  callIn(
    live: LiveSession,
    object: ManagedObjectReference,
    method: string,
    parameters?: object,
    limits?: CallLimits & { readonly longPoll?: boolean },
  ): Promise<unknown>
  /** Whether an error came of the end of the session. Its views and collectors are "not found" then, and its long poll is cancelled. */
  sessionEnded(live: LiveSession, error: unknown): Promise<boolean>
  /** Whether the session still lives, in one call. */
  isAlive(live: LiveSession): Promise<boolean>
  /** Runs within a session, and once more in the next one when it ends meanwhile. */
  inSession<Value>(run: (live: LiveSession) => Promise<Value>): Promise<Value>
}

export function createCaller(connection: Connection, session: Session): Caller {
  async function callIn(
    live: LiveSession,
    object: ManagedObjectReference,
    method: string,
    parameters: object = {},
    limits: CallLimits & { readonly longPoll?: boolean } = {},
  ): Promise<unknown> {
    const refusing = refuseNewer({ connection }, live, object.type, namesOfCall(method, parameters))
    if (refusing !== undefined) await refusing
    const schema = await schemaOfMethod(object.type, method)
    const { cookie, apiVersion } = live
    const around = { cookie, apiVersion, redact: session.redact, ...limits }
    const answer = await exchange(connection, schema, object, method, parameters, around)
    return readAnswer(connection, schema, answer, session.redact)
  }

  async function inSession<Value>(run: (live: LiveSession) => Promise<Value>): Promise<Value> {
    const live = await session.current()
    try {
      return await run(live)
    } catch (error) {
      if (!(await sessionEnded(live, error))) throw error
      return run(await session.renew(live))
    }
  }

  async function call(
    object: ManagedObjectReference,
    method: string,
    parameters: object = {},
    limits: CallLimits = {},
  ): Promise<unknown> {
    if (!isOfSession(object)) return inSession((live) => callIn(live, object, method, parameters, limits))
    // It would not be there in another session.
    const live = await session.current()
    try {
      return await callIn(live, object, method, parameters, limits)
    } catch (error) {
      if (!(await sessionEnded(live, error))) throw error
      throw lostWithSession(connection, object, method, error)
    }
  }

  async function sessionEnded(live: LiveSession, error: unknown): Promise<boolean> {
    if (!VsphereError.isInstance(error)) return false
    if (error.faultNames.some(meansNoSession)) return true
    // A change that was cancelled is never taken for one that was not begun.
    const isPoll = isFault(error, 'RequestCanceled') && error.operation === 'WaitForUpdatesEx'
    return (isAboutOurOwn(error) || isPoll) && !(await isAlive(live))
  }

  /** Reads who is logged in: the one question without side effect that has an answer only in a session. */
  async function isAlive(live: LiveSession): Promise<boolean> {
    const { propertyCollector, sessionManager } = live.content
    if (sessionManager === undefined) return true
    const specSet = [
      { propSet: [{ type: 'SessionManager', pathSet: ['currentSession'] }], objectSet: [{ obj: sessionManager }] },
    ]
    const answer = (await callIn(live, propertyCollector, 'RetrievePropertiesEx', { specSet, options: {} })) as
      | { readonly objects: readonly { readonly propSet: readonly unknown[] }[] }
      | undefined // by the method table
    return answer?.objects.some(({ propSet }) => propSet.length > 0) === true
  }

  return { connection, session, call, callIn, sessionEnded, isAlive, inSession }
}

/** Views, collectors and filters are ours, and end with the session; or alone, when somebody destroys them. */
export function isAboutOurOwn(error: unknown): boolean {
  return isFault(error, 'ManagedObjectNotFound') && isOfSession(error.fault.obj)
}

function lostWithSession(
  connection: Connection,
  object: ManagedObjectReference,
  method: string,
  cause: unknown,
): VsphereError {
  return new VsphereError({
    kind: 'unauthenticated',
    message: `${method}: the ${object.type} ended with its session; make it anew`,
    outcome: 'not-started',
    retryable: false,
    host: connection.host,
    operation: method,
    object: `${object.type}:${object.value}`,
    cause,
  })
}
