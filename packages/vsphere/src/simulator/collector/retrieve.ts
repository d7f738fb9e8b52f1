import type { Vim25Types } from '../../generated/types.js'
import { localized, vimFault } from '../fault.js'
import type { Session } from '../sessions/sessions.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { checkPropSet, type ObjectRead, pathsFor, readObject } from './read-object.js'
import { selectObjects } from './select-objects.js'

type PropertyFilterSpec = Vim25Types['PropertyFilterSpec']

export interface ObjectContentValue extends ObjectRead {
  readonly obj: Ref
}

/** The objects of a listing that are still to be sent; they are read when their page is asked for. */
interface Pending {
  readonly refs: { readonly ref: Ref; readonly paths: readonly string[] }[]
  readonly pageSize: number
}

/** All that the specifications want, one entry an object. */
function plan(world: World, session: Session | undefined, specs: readonly PropertyFilterSpec[]): Pending['refs'] {
  const wanted = new Map<string, { ref: Ref; paths: readonly string[] }>()
  for (const spec of specs) {
    checkPropSet(world, spec.propSet)
    for (const [key, object] of selectObjects(world, session, spec).objects) {
      const paths = pathsFor(world, object.ref.type, spec.propSet)
      if (paths === undefined) continue
      const known = wanted.get(key)
      wanted.set(key, { ref: object.ref, paths: [...new Set([...(known?.paths ?? []), ...paths])] })
    }
  }
  return [...wanted.values()]
}

function readPage(world: World, session: Session | undefined, refs: Pending['refs']): ObjectContentValue[] {
  return refs.flatMap(({ ref, paths }) => {
    // Objects that vanished since the listing began are left out.
    const object = session?.objects.get(`${ref.type}:${ref.value}`)?.object ?? world.lookUp(ref)
    return object === undefined ? [] : [{ obj: ref, ...readObject(world, object, paths) }]
  })
}

export function retrieveAll(
  world: World,
  session: Session | undefined,
  specs: readonly PropertyFilterSpec[],
): ObjectContentValue[] {
  return readPage(world, session, plan(world, session, specs))
}

export interface RetrieveResultValue {
  readonly token?: string
  readonly objects: ObjectContentValue[]
}

/** The first page; undefined when nothing fits. */
export function retrieve(
  world: World,
  session: Session,
  specs: readonly PropertyFilterSpec[],
  pageSize: number,
): RetrieveResultValue | undefined {
  const refs = plan(world, session, specs)
  return refs.length === 0 ? undefined : nextPage(world, session, { refs, pageSize })
}

/** Tokens are good for one call. */
export function continueRetrieve(world: World, session: Session, token: string): RetrieveResultValue {
  return nextPage(world, session, takePending(session, token))
}

export function takePending(session: Session, token: string): Pending {
  const pending = session.pages.get(token)
  session.pages.delete(token)
  if (pending === undefined) throw vimFault('InvalidProperty', { name: 'token' }, 'The token is not valid')
  return pending as Pending // only `nextPage` puts values there
}

function nextPage(world: World, session: Session, { refs, pageSize }: Pending): RetrieveResultValue {
  const objects = readPage(world, session, refs.slice(0, pageSize))
  const rest = refs.slice(pageSize)
  if (rest.length === 0) return { objects }
  const token = String(world.next('token'))
  session.pages.set(token, { refs: rest, pageSize })
  return { token, objects }
}

/** What a call without session gets while the platform hides that: every path of every object is missing. */
export function withoutSession(specs: readonly PropertyFilterSpec[]): ObjectContentValue[] {
  return specs.flatMap(({ objectSet, propSet }) =>
    objectSet.map(({ obj }) => ({
      obj,
      propSet: [],
      missingSet: propSet
        .flatMap(({ pathSet }) => pathSet)
        .map((path) => ({
          path,
          fault: localized(vimFault('NotAuthenticated', { object: obj, privilegeId: 'System.Read' })),
        })),
    })),
  )
}
