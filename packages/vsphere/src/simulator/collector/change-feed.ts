import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import type { Session } from '../sessions/sessions.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { type ObjectRead, pathsFor, readObject } from './read-object.js'
import { selectObjects } from './select-objects.js'

type PropertyFilterSpec = Vim25Types['PropertyFilterSpec']

interface Known {
  readonly object: ManagedObject
  readonly revision: number
  /** The text of each value that was sent, by path. */
  readonly values: ReadonlyMap<string, string>
}

export interface Filter {
  readonly ref: Ref
  readonly spec: PropertyFilterSpec
  readonly known: Map<string, Known>
}

export interface ObjectUpdateValue {
  readonly kind: 'enter' | 'modify' | 'leave'
  readonly obj: Ref
  readonly changeSet: { readonly name: string; readonly op: 'assign'; readonly val?: unknown }[]
  readonly missingSet: ObjectRead['missingSet']
}

export interface UpdateSetValue {
  readonly version: string
  readonly filterSet: { readonly filter: Ref; readonly objectSet: ObjectUpdateValue[] }[]
  readonly truncated?: boolean
}

/** A property collector: its filters, and what their owner has been told. */
export interface ChangeFeed {
  readonly filters: Map<string, Filter>
  /** What changed since the version, or undefined. Throws InvalidCollectorVersion. */
  poll(version: string, limit: number): UpdateSetValue | undefined
  /** The same, waiting until there is something or the time is over. */
  wait(version: string, limit: number, maxMs: number | undefined): Promise<UpdateSetValue | undefined>
  /** Ends a wait with RequestCanceled. */
  cancel(): void
}

export function createChangeFeed(world: World, session: Session): ChangeFeed {
  const filters = new Map<string, Filter>()
  let version = 0
  let last: { readonly from: string; readonly reply: UpdateSetValue } | undefined
  let cancelWait: (() => void) | undefined

  function poll(from: string, limit: number): UpdateSetValue | undefined {
    if (from === '') for (const filter of filters.values()) filter.known.clear()
    // The client did not get the last reply, or did not say that it did.
    else if (from === last?.from && from !== String(version)) return last.reply
    else if (from !== String(version))
      throw vimFault('InvalidCollectorVersion', {}, 'The version is not known to this collector')
    let left = limit
    const filterSet: UpdateSetValue['filterSet'] = []
    for (const filter of filters.values()) {
      const objectSet = updatesOf(world, session, filter, left)
      left -= objectSet.length
      if (objectSet.length > 0) filterSet.push({ filter: filter.ref, objectSet })
    }
    if (filterSet.length === 0) return undefined
    version += 1
    const reply = { version: String(version), filterSet, ...(left <= 0 ? { truncated: true } : {}) }
    last = { from, reply }
    return reply
  }

  return {
    filters,
    poll,
    cancel: () => cancelWait?.(),
    wait(from, limit, maxMs) {
      const first = poll(from, limit)
      if (first !== undefined || maxMs === 0) return Promise.resolve(first)
      cancelWait?.()
      return new Promise((resolve, reject) => {
        const settle = (action: () => void) => () => {
          stopListening()
          if (cancelWait === cancel) cancelWait = undefined
          action()
        }
        const cancel = settle(() => reject(vimFault('RequestCanceled', {}, 'The request was canceled.')))
        const stopListening = world.onChange(() => {
          try {
            const updates = poll(from === '' ? String(version) : from, limit)
            if (updates !== undefined) settle(() => resolve(updates))()
          } catch (error) {
            settle(() => reject(error))()
          }
        })
        cancelWait = cancel
        if (maxMs !== undefined)
          void world.clock.sleep(maxMs).then(
            settle(() => resolve(undefined)),
            cancel,
          )
      })
    },
  }
}

function updatesOf(world: World, session: Session, filter: Filter, limit: number): ObjectUpdateValue[] {
  const updates: ObjectUpdateValue[] = []
  const { objects } = selectObjects(world, session, { ...filter.spec, reportMissingObjectsInResults: true })
  for (const [key, { object }] of filter.known) {
    if (updates.length >= limit) return updates
    if (objects.get(key) === object) continue
    filter.known.delete(key)
    updates.push({ kind: 'leave', obj: object.ref, changeSet: [], missingSet: [] })
  }
  for (const [key, object] of objects) {
    if (updates.length >= limit) return updates
    const known = filter.known.get(key)
    if (known?.revision === object.revision) continue
    const paths = pathsFor(world, object.ref.type, filter.spec.propSet)
    if (paths === undefined) continue
    const { revision } = object
    const { propSet, missingSet } = readObject(world, object, paths)
    const values = new Map(propSet.map(({ name, val }) => [name, JSON.stringify(val)]))
    filter.known.set(key, { object, revision, values })
    const assigned = propSet
      .filter(({ name }) => known?.values.get(name) !== values.get(name))
      .map(({ name, val }) => ({ name, op: 'assign' as const, val }))
    const unset = [...(known?.values.keys() ?? [])].filter((name) => !values.has(name))
    const changeSet = [...assigned, ...unset.map((name) => ({ name, op: 'assign' as const }))]
    if (known !== undefined && changeSet.length === 0) continue
    updates.push({ kind: known === undefined ? 'enter' : 'modify', obj: object.ref, changeSet, missingSet })
  }
  return updates
}
