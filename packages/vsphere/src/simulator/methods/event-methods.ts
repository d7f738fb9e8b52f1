import { invalidArgument, vimFault } from '../fault.js'
import { addToSession, dropFromSession, type Session } from '../sessions/sessions.js'
import { type EventValue, eventsOf } from '../world/events.js'
import { keyOf, type Ref, sameRef } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Call, Handlers, Request } from './handler.js'

type Filter = Request<'QueryEvents'>['filter']

const maxCollectors = 32
const maxPage = 1_000
const defaultPage = 10

interface Cursor {
  readonly filter: Filter
  position: number
}
const cursors = new WeakMap<Session, Map<string, Cursor>>()

function cursorsOf(session: Session): Map<string, Cursor> {
  const known = cursors.get(session) ?? new Map<string, Cursor>()
  cursors.set(session, known)
  return known
}

function isBelow(world: World, ref: Ref | undefined, root: Ref): boolean {
  for (let at = ref; at !== undefined; ) {
    if (sameRef(at, root)) return true
    const entity = world.lookUp(at)
    at = entity === undefined ? undefined : world.get('ManagedEntity', at).state.parent
  }
  return false
}

function fits(world: World, filter: Filter, event: EventValue): boolean {
  const { entity, time, eventTypeId, type } = filter
  const names = [...eventTypeId, ...type].map((name) => name.replace(/^vim\.event\./, ''))
  const isOf = (name: string): boolean => {
    for (let table = world.api.index.type(event._type); table !== undefined; table = table.base)
      if (table.key === name) return true
    return false
  }
  if (names.length > 0 && !names.some(isOf)) return false
  if (time?.beginTime !== undefined && event.createdTime < new Date(time.beginTime).toISOString()) return false
  if (time?.endTime !== undefined && event.createdTime > new Date(time.endTime).toISOString()) return false
  if (entity === undefined) return true
  const self = event.vm !== undefined && sameRef(event.vm.vm, entity.entity)
  // The root folder has everything, also what is gone.
  if (sameRef(entity.entity, world.content.rootFolder)) return entity.recursion !== 'self'
  if (entity.recursion === 'self') return self
  return self || (event.vm !== undefined && isBelow(world, event.vm.vm, entity.entity))
}

/** How many events an answer has at most; the platform takes 0 for nothing said. */
function pageSize({ maxCount = 0 }: Filter, otherwise: number): number {
  if (maxCount < 0 || maxCount > maxPage) throw invalidArgument('maxCount')
  return maxCount === 0 ? otherwise : maxCount
}

/** The newest events come first, and the oldest are left out. */
const newest = (world: World, filter: Filter, count: number): EventValue[] =>
  matching(world, filter).slice(-count).reverse()

const matching = (world: World, filter: Filter): EventValue[] =>
  eventsOf(world).filter((event) => fits(world, filter, event))

function cursor(call: Call): Cursor {
  const known = cursorsOf(call.session).get(keyOf(call.self))
  if (known === undefined) throw vimFault('ManagedObjectNotFound', { obj: call.self })
  return known
}

function read(
  call: Call,
  maxCount: number,
  from: (events: EventValue[], at: number) => [EventValue[], number],
): EventValue[] {
  if (maxCount <= 0) throw invalidArgument('maxCount')
  const at = cursor(call)
  const [page, position] = from(matching(call.world, at.filter), at.position)
  at.position = position
  return page
}

export const eventMethods: Handlers = {
  QueryEvents: ({ world }, { filter }) => newest(world, filter, pageSize(filter, maxPage)),
  CreateCollectorForEvents({ world, session }, { filter }) {
    const latest = pageSize(filter, defaultPage)
    const known = cursorsOf(session)
    if (known.size >= maxCollectors) throw vimFault('InvalidState', {}, 'There are too many collectors.')
    const { ref } = addToSession(
      session,
      'EventHistoryCollector',
      {
        get latestPage() {
          return newest(world, filter, latest)
        },
      },
      () => void known.delete(keyOf(ref)),
    )
    known.set(keyOf(ref), { filter, position: 0 })
    return ref
  },
  ReadNextEvents: (call, { maxCount }) =>
    read(call, maxCount, (events, at) => {
      const page = events.slice(at, at + Math.min(maxCount, maxPage))
      return [page, at + page.length]
    }),
  ReadPreviousEvents: (call, { maxCount }) =>
    read(call, maxCount, (events, at) => {
      const start = Math.max(0, at - Math.min(maxCount, maxPage))
      return [events.slice(start, at), start]
    }),
  RewindCollector(call) {
    cursor(call).position = 0
    return undefined
  },
  ResetCollector(call) {
    const at = cursor(call)
    at.position = matching(call.world, at.filter).length
    return undefined
  },
  SetCollectorPageSize(call, { maxCount }) {
    cursor(call)
    if (maxCount <= 0 || maxCount > maxPage) throw invalidArgument('maxCount')
    return undefined
  },
  DestroyCollector({ session, self }) {
    dropFromSession(session, self)
    return undefined
  },
}
