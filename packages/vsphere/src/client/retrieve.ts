import type { ObjectContent } from '../generated/property-collector.js'
import type { PropertyFilterSpec } from '../generated/shared/query.js'
import type { Caller } from './caller.js'
import { refusal } from './error.js'
import type { CallLimits } from './exchange.js'
import { listing } from './listing.js'
import { createPropertyReader, NoSession, specOfView } from './property-reader.js'
import { type ManagedObjectReference, reference } from './reference.js'
import { refuseNewer } from './refuse-newer.js'
import type { LiveSession } from './session.js'

/** A property that could not be read of one object, and why: `NoPermission`, `InvalidProperty`, ... */
export interface MissingPath {
  readonly path: string
  readonly fault: string
}

export interface RetrieveOptions extends CallLimits {
  /** Where to look: a folder, datacenter, cluster, pool, host. Default: everywhere. */
  readonly container?: ManagedObjectReference
  /** Also look into folders and the like within the container; default true. */
  readonly recursive?: boolean
  /** Objects a page; default 500. */
  readonly pageSize?: number
  /**
   * What to do about a property that the server does not give for lack of rights and the like. `fail` (the default) throws;
   * `allow` leaves it undefined and says so in `missing`.
   */
  readonly missing?: 'fail' | 'allow'
}

/** A row as it is built; its type for the caller is computed from the paths. */
export type Row = { readonly ref: ManagedObjectReference; readonly missing?: readonly MissingPath[] } & Record<
  string,
  unknown
>

/** Objects of a type with these properties, as many at a time as have arrived. */
export async function* retrieve(
  caller: Caller,
  type: string,
  paths: readonly string[],
  options: RetrieveOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const pageSize = options.pageSize ?? 500
  if (!Number.isInteger(pageSize) || pageSize < 1) throw refusal('pageSize must be a whole number of at least 1')
  const reader = createPropertyReader(caller, [type])
  yield* listing(caller, paths, options.missing, async function* (live) {
    await refuseNewer(caller, live, type, paths)
    const view = await createView(caller, live, type, options)
    let failed = false
    try {
      yield* notOfDeadSession(
        caller,
        live,
        reader.read(live, specOfView(view, type, paths), pageSize, limitsOf(options)),
      )
    } catch (error) {
      failed = true
      throw error
    } finally {
      const destroyed = destroyView(caller, live, view)
      // A server that does not answer would hold up the news of it.
      if (!failed) await destroyed
    }
  })
}

/** These objects, in one call a page. Those that are gone are left out. */
export async function* readObjects(
  caller: Caller,
  objects: readonly ManagedObjectReference[],
  paths: readonly string[],
  options: Pick<RetrieveOptions, 'missing' | 'pageSize' | keyof CallLimits>,
): AsyncGenerator<readonly Row[], void, undefined> {
  if (objects.length === 0) return
  const types = [...new Set(objects.map(({ type }) => type))]
  const reader = createPropertyReader(caller, types)
  const spec: PropertyFilterSpec = {
    propSet: types.map((type) => ({ type, all: undefined, pathSet: paths })),
    objectSet: objects.map((obj) => ({ obj, skip: undefined, selectSet: [] })),
    reportMissingObjectsInResults: true,
  }
  yield* listing(caller, paths, options.missing, async function* (live) {
    for (const type of types) await refuseNewer(caller, live, type, paths)
    yield* notOfDeadSession(caller, live, reader.read(live, spec, options.pageSize ?? 500, limitsOf(options)))
  })
}

/** A session that has ended may read as if nothing were there: where nothing is found, it is asked for. */
async function* notOfDeadSession(
  caller: Caller,
  live: LiveSession,
  pages: AsyncIterable<readonly ObjectContent[]>,
): AsyncGenerator<readonly ObjectContent[], void, undefined> {
  let found = false
  for await (const objects of pages) {
    found ||= objects.length > 0
    yield objects
  }
  if (!found && !(await caller.isAlive(live))) throw new NoSession()
}

function limitsOf({ signal, timeoutMs }: CallLimits): CallLimits {
  return { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) }
}

/** A view of all objects of a type below a container. It lives in the session, until it is destroyed. */
export async function createView(
  caller: Caller,
  live: LiveSession,
  type: string,
  options: Pick<RetrieveOptions, 'container' | 'recursive'>,
): Promise<ManagedObjectReference> {
  const { viewManager = reference('ViewManager', 'ViewManager'), rootFolder } = live.content
  const parameters = { container: options.container ?? rootFolder, type: [type], recursive: options.recursive ?? true }
  const view = await caller.callIn(live, viewManager, 'CreateContainerView', parameters)
  return view as ManagedObjectReference // by the method table
}

/** Best effort: a view that cannot be destroyed ends with the session. */
export async function destroyView(caller: Caller, live: LiveSession, view: ManagedObjectReference): Promise<void> {
  await caller.callIn(live, view, 'DestroyView').catch(() => undefined)
}
