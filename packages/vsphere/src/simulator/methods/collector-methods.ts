import { type ChangeFeed, createChangeFeed, type UpdateSetValue } from '../collector/change-feed.js'
import { checkPropSet } from '../collector/read-object.js'
import {
  continueRetrieve,
  type ObjectContentValue,
  retrieve,
  retrieveAll,
  takePending,
  withoutSession,
} from '../collector/retrieve.js'
import { invalidArgument } from '../fault.js'
import { addToSession, dropFromSession, isOpenToAll, notAuthenticated, type Session } from '../sessions/sessions.js'
import { keyOf, type ManagedObject } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Call, Handlers, Request } from './handler.js'

const feeds = new WeakMap<Session, Map<string, ChangeFeed>>()

/** The feed of a collector; each session has one of its own on the collector that everybody uses. */
function feedOf({ world, session, self }: Pick<Call, 'world' | 'session' | 'self'>): ChangeFeed {
  const known = feeds.get(session) ?? new Map<string, ChangeFeed>()
  feeds.set(session, known)
  const feed = known.get(keyOf(self)) ?? createChangeFeed(world, session)
  known.set(keyOf(self), feed)
  return feed
}

function pageSize(call: Call, asked: number | undefined): number {
  if (asked !== undefined && asked <= 0) throw invalidArgument('options.maxObjects')
  return Math.min(asked ?? Number.POSITIVE_INFINITY, call.options.pageLimit ?? 1_000)
}

const updateLimit = (world: World, asked: number | undefined): number =>
  Math.max(1, Math.min(asked ?? Number.POSITIVE_INFINITY, world.switches.updateLimit))

/** Without a session the manager of sessions can be read; all else is a fault, or missing where that is switched on. */
function anonymously({ world, self }: Call, specSet: Request<'RetrievePropertiesEx'>['specSet']): ObjectContentValue[] {
  if (specSet.every(({ objectSet }) => objectSet.every(({ obj }) => isOpenToAll(obj))))
    return retrieveAll(world, undefined, specSet)
  if (!world.switches.silentExpiry) throw notAuthenticated(self)
  return withoutSession(specSet)
}

/** What the older calls answer instead of nothing. */
const orEmpty = (updates: UpdateSetValue | undefined, version: string): UpdateSetValue =>
  updates ?? { version, filterSet: [] }

export const collectorMethods: Handlers = {
  RetrievePropertiesEx(call, { specSet, options }) {
    const limit = pageSize(call, options.maxObjects)
    if (call.caller === undefined) return { objects: anonymously(call, specSet) }
    return retrieve(call.world, call.session, specSet, limit)
  },
  ContinueRetrievePropertiesEx: ({ world, session }, { token }) => continueRetrieve(world, session, token),
  CancelRetrievePropertiesEx({ session }, { token }) {
    takePending(session, token)
    return undefined
  },
  RetrieveProperties: (call, { specSet }) =>
    call.caller === undefined ? anonymously(call, specSet) : retrieveAll(call.world, call.session, specSet),
  CreatePropertyCollector(call) {
    const { ref }: ManagedObject = addToSession(call.session, 'PropertyCollector', { filter: [] }, () => {
      feedOf({ world: call.world, session: call.session, self: ref }).cancel()
    })
    return ref
  },
  DestroyPropertyCollector({ session, self }) {
    dropFromSession(session, self)
    return undefined
  },
  CreateFilter(call, { spec, partialUpdates }) {
    checkPropSet(call.world, spec.propSet)
    const feed = feedOf(call)
    const { ref }: ManagedObject = addToSession(call.session, 'PropertyFilter', { spec, partialUpdates }, () => {
      feed.filters.delete(keyOf(ref))
    })
    feed.filters.set(keyOf(ref), { ref, spec, known: new Map() })
    return ref
  },
  DestroyPropertyFilter({ session, self }) {
    dropFromSession(session, self)
    return undefined
  },
  WaitForUpdatesEx(call, { version, options }) {
    const seconds = options?.maxWaitSeconds
    if (seconds !== undefined && seconds < 0) throw invalidArgument('options.maxWaitSeconds')
    const maxMs = seconds === undefined ? undefined : seconds * 1_000
    return feedOf(call).wait(version ?? '', updateLimit(call.world, options?.maxObjectUpdates), maxMs)
  },
  async WaitForUpdates(call, { version }) {
    const feed = feedOf(call)
    return orEmpty(await feed.wait(version ?? '', updateLimit(call.world, undefined), undefined), version ?? '')
  },
  CheckForUpdates: (call, { version }) => feedOf(call).poll(version ?? '', updateLimit(call.world, undefined)),
  CancelWaitForUpdates(call) {
    feedOf(call).cancel()
    return undefined
  },
}
