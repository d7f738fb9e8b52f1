import type { UpdateSet } from '../generated/property-collector.js'
import type { PropertyFilterSpec } from '../generated/shared/query.js'
import type { Caller } from './caller.js'
import type { ManagedObjectReference } from './reference.js'
import type { LiveSession } from './session.js'

/** A wait at the server ends after so long without news; the answer is then empty. */
const maxWaitSeconds = 30
/** A wait that is not answered within this time never will be. */
const timeoutMs = (maxWaitSeconds + 30) * 1000

/** A property collector of our own with one filter: what has changed since the last question. */
export interface UpdateFeed {
  /** The next changes; nothing where there were none for a while. Only one question at a time. */
  next(signal: AbortSignal): Promise<UpdateSet | undefined>
  /** Best effort: a collector that cannot be destroyed ends with the session. */
  destroy(): Promise<void>
}

/** Opens a feed. Only one wait may run on a collector, so none is shared with anybody. */
export async function openUpdateFeed(caller: Caller, live: LiveSession, spec: PropertyFilterSpec): Promise<UpdateFeed> {
  const { propertyCollector } = live.content
  const collector = (await caller.callIn(live, propertyCollector, 'CreatePropertyCollector')) as ManagedObjectReference // by the method table
  await caller.callIn(live, collector, 'CreateFilter', { spec, partialUpdates: false })
  let version = ''

  async function next(signal: AbortSignal): Promise<UpdateSet | undefined> {
    const parameters = { version, options: { maxWaitSeconds } }
    const limits = { longPoll: true, signal, timeoutMs }
    const updates = (await caller.callIn(live, collector, 'WaitForUpdatesEx', parameters, limits)) as
      | UpdateSet
      | undefined // by the method table
    if (updates !== undefined) version = updates.version
    return updates
  }

  return {
    next,
    destroy: async () => {
      await caller.callIn(live, collector, 'DestroyPropertyCollector').catch(() => undefined)
    },
  }
}
