import { WireError } from '@dcm/wire'
import type { MissingProperty, ObjectContent } from '../generated/property-collector.js'
import type { Caller } from './caller.js'
import { isFault, VsphereError } from './error.js'
import { continuing } from './exchange.js'
import { faultNameOf, NoSession } from './property-reader.js'
import { referenceKey } from './reference.js'
import type { RetrieveOptions, Row } from './retrieve.js'
import type { LiveSession } from './session.js'

const mostRestarts = 3

/**
 * The rows of a listing that can be begun anew: in the next session, when this one ends meanwhile, and where the server no longer knows
 * the page that comes next. Rows come as many at a time as have arrived. What was given is not given again; objects that are gone are left out.
 */
export async function* listing(
  caller: Caller,
  paths: readonly string[],
  missing: RetrieveOptions['missing'],
  read: (live: LiveSession) => AsyncIterable<readonly ObjectContent[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const given = new Set<string>()
  let live = await caller.session.current()
  for (let restarts = 0; ; restarts++) {
    let received = false
    try {
      for await (const objects of read(live)) {
        received ||= objects.length > 0
        const rows: Row[] = []
        for (const object of objects) {
          const key = referenceKey(object.obj)
          if (given.has(key) || isGone(object)) continue
          given.add(key)
          if (object.missingSet.length > 0 && missing !== 'allow') {
            if (rows.length > 0) yield rows // what was read before it
            throw await missingError(caller, object)
          }
          rows.push(rowOf(object, paths, missing))
        }
        if (rows.length > 0) yield rows
      }
      return
    } catch (error) {
      const ended = error instanceof NoSession || (await caller.sessionEnded(live, error))
      if (restarts >= mostRestarts || !(ended || (received && hasLostItsPlace(error)))) {
        throw error instanceof NoSession ? notAuthenticated(caller) : error
      }
      if (ended) live = await caller.session.renew(live)
    }
  }
}

/**
 * A page that was on its way when the connection broke is lost, and its token with it; and a server may give a token up before it is
 * used. Not where the server did not answer at all: the transport has tried that often enough.
 */
function hasLostItsPlace(error: unknown): boolean {
  if (!VsphereError.isInstance(error)) return false
  if (error.kind === 'unreachable') return WireError.isInstance(error.cause)
  const ofToken = isFault(error, 'InvalidProperty') || isFault(error, 'InvalidArgument')
  return ofToken && error.operation === continuing
}

/** The object went away between its selection and the reading of it. */
function isGone({ obj, propSet, missingSet }: ObjectContent): boolean {
  return missingSet.some((missing) => {
    if (faultNameOf(missing.fault) !== 'ManagedObjectNotFound') return false
    const { fault } = missing.fault
    // It may also be about another object, to which the property leads; the type of the fault may not be loaded.
    return fault._type === 'ManagedObjectNotFound'
      ? referenceKey(fault.obj) === referenceKey(obj)
      : propSet.length === 0
  })
}

function rowOf(
  { obj, propSet, missingSet }: ObjectContent,
  paths: readonly string[],
  missing: RetrieveOptions['missing'],
): Row {
  const row: Record<string, unknown> = { ref: obj }
  if (missing === 'allow') row.missing = missingSet.map(({ path, fault }) => ({ path, fault: faultNameOf(fault) }))
  for (const path of paths) row[path] = undefined
  for (const { name, val } of propSet) row[name] = val
  return row as Row // has them now
}

async function missingError(caller: Caller, { obj, missingSet }: ObjectContent): Promise<VsphereError> {
  const [first] = missingSet
  const { errorOfMethodFault } = await import('./read-fault.js')
  const operation = `reading ${missingSet.map(({ path }) => path).join(', ')} of ${referenceKey(obj)}`
  const context = {
    host: caller.connection.host,
    operation,
    object: referenceKey(obj),
    looks: true,
    redact: caller.session.redact,
  }
  return errorOfMethodFault((first as MissingProperty).fault, context) // there is at least one
}

function notAuthenticated(caller: Caller): VsphereError {
  return new VsphereError({
    kind: 'unauthenticated',
    message: 'the session ends again and again while objects are read',
    outcome: 'not-started',
    retryable: true,
    host: caller.connection.host,
  })
}
