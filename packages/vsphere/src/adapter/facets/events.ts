import type { AdapterFacetOf, ChangeEvent } from '@dcm/core'
import type { XmlElement } from '@dcm/wire/xml'
import { reference } from '../../client/reference.js'
import type { Event } from '../../generated/shared/event.js'
import { idOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import type { KnownVm } from '../vm-ids.js'

/** Each question is a call that searches the log. */
const retryAfterMs = 2_000
/** Events in one answer, at most; more since the last question are a gap. */
const mostEvents = 1_000
/** The log is asked from a little before the last event on: clocks of hosts differ, keys do not. */
const overlapMs = 60_000

/** What counts of an event of the log. */
interface LogEvent {
  readonly type: string
  readonly key: number
  readonly at: string
  readonly vm: string | undefined
  /** Of the one event that says who a new VM is. */
  readonly born: KnownVm | undefined
}

/** An event of the log, by which a cursor goes on: its key, and when it was written, as the server says it. */
interface Position {
  readonly key: number
  readonly at: string
}

/**
 * Changes out of the event log of a vCenter. Unlike the versions of `WaitForUpdatesEx`, which end with their session, the key of an
 * event is good in every process, and whether it is still in the log tells whether anything was missed. One call a question,
 * and one more for what the VMs are that something happened to.
 */
export function eventsFacet(platform: Platform): AdapterFacetOf<'events'> {
  const { api, endpoint, vmIds } = platform
  let allKnown: Promise<void> | undefined

  async function next({ cursor }: { readonly cursor?: string }, { signal }: { readonly signal: AbortSignal }) {
    const identity = await platform.identity()
    const after = cursor === undefined ? undefined : positionIn(cursor, identity)
    const log = after && (await readLog(after, signal))
    const position = log?.last ?? (await latest(signal))
    await learnAll()
    const answer = { cursor: `${identity}/${position.key}/${position.at}`, retryAfterMs }
    if (cursor === undefined) return { events: [], ...answer }
    const events = log && (await changesOf(log.events, signal))
    return { events: events ?? [{ type: 'reset' as const, at: new Date().toISOString() }], ...answer }
  }

  /** Once a process: the VMs that may be removed later. */
  function learnAll(): Promise<void> {
    allKnown ??= readAll().catch((error: unknown) => {
      allKnown = undefined
      throw error
    })
    return allKnown
  }

  async function readAll(): Promise<void> {
    const paths = ['config.instanceUuid', 'config.template'] as const
    for await (const row of api.retrieve('VirtualMachine', paths, { missing: 'allow' })) {
      vmIds.learn(row.ref.value, { id: idOf(row), isTemplate: row['config.template'] === true })
    }
  }

  async function latest(signal: AbortSignal): Promise<Position> {
    const manager = await eventManager()
    const paths = ['latestEvent.key', 'latestEvent.createdTime'] as const
    const told = await api.read(manager, 'EventManager', paths, { signal })
    const { 'latestEvent.key': key, 'latestEvent.createdTime': createdTime } = told
    if (key !== undefined && createdTime !== undefined) return { key, at: createdTime }
    const [newest] = await query({ maxCount: 1 }, signal)
    const at =
      newest?.at ??
      (await api.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime', undefined, { signal }))
    return { key: newest?.key ?? 0, at }
  }

  async function eventManager() {
    const { eventManager: manager = reference('EventManager', 'EventManager') } = await api.serviceContent()
    return manager
  }

  async function query(filter: object, signal: AbortSignal): Promise<readonly LogEvent[]> {
    return (await api.call(await eventManager(), 'QueryEvents', { filter }, { signal })).map(readEvent)
  }

  /** What was written after a position, oldest first; undefined where the log does not reach back to it. */
  async function readLog(after: Position, signal: AbortSignal) {
    const beginTime = new Date(Date.parse(after.at) - overlapMs).toISOString()
    const found = await query({ time: { beginTime }, maxCount: mostEvents }, signal)
    for (const { vm, born } of found) {
      if (vm !== undefined && born !== undefined && vmIds.of(vm) === undefined) vmIds.learn(vm, born)
    }
    if (after.key > 0 && !found.some(({ key }) => key === after.key)) return undefined
    if (found.length >= mostEvents && after.key === 0) return undefined
    const events = found.filter(({ key }) => key > after.key).sort((left, right) => left.key - right.key)
    const newest = events.at(-1)
    return { events, last: newest ? { key: newest.key, at: newest.at } : after }
  }

  /** Undefined where a VM was removed that nobody here ever saw: it cannot be named. */
  async function changesOf(log: readonly LogEvent[], signal: AbortSignal): Promise<ChangeEvent[] | undefined> {
    const touched = new Map<string, { at: string; isNew: boolean; isGone: boolean }>()
    for (const { type, at, vm } of log) {
      if (vm === undefined) continue
      const { isNew = false } = touched.get(vm) ?? {}
      // Told in the order of the last change.
      touched.delete(vm)
      touched.set(vm, { at, isNew: isNew || births.has(type), isGone: type === 'VmRemovedEvent' })
    }
    const before = new Map([...touched.keys()].map((vm) => [vm, vmIds.of(vm)]))
    const now = await readTouched([...touched.keys()], signal)
    const changes: ChangeEvent[] = []
    for (const [vm, { at, isNew, isGone }] of touched) {
      const was = before.get(vm)
      const is = now.get(vm)
      if (isGone && isNew) continue // nobody was told of it
      if (isGone && was === undefined) return undefined
      const type = isGone ? 'vm-removed' : changeOf(was, is, isNew)
      const known = is ?? was
      if (type === undefined || known === undefined || (isGone && was?.isTemplate)) continue
      const ref = { endpoint, id: known.id, locator: vm }
      changes.push({ type, ref, at: new Date(at).toISOString() })
    }
    return changes
  }

  async function readTouched(vms: readonly string[], signal: AbortSignal): Promise<Map<string, KnownVm>> {
    const now = new Map<string, KnownVm>()
    if (vms.length === 0) return now
    const references = vms.map((vm) => reference('VirtualMachine', vm))
    const paths = ['config.instanceUuid', 'config.template'] as const
    for await (const row of api.readMany(references, 'VirtualMachine', paths, { signal })) {
      const was = vmIds.of(row.ref.value)
      // A VM whose files cannot be read just now is still the one that it was.
      const id = row['config.instanceUuid'] === undefined && was ? was.id : idOf(row)
      const known = { id, isTemplate: row['config.template'] === true }
      vmIds.learn(row.ref.value, known)
      now.set(row.ref.value, known)
    }
    return now
  }

  return { next }
}

/** Which VM an event says a new one to be. The types of single events are not loaded: there are five hundred. */
function bornBy(event: Event): KnownVm | undefined {
  if (event._type !== '$unknown' || event.typeName !== 'VmInstanceUuidAssignedEvent') return undefined
  const id = textIn(event.raw, 'instanceUuid').toLowerCase()
  return id === '' ? undefined : { id, isTemplate: textIn(event.raw, 'template') === 'true' }
}

function textIn({ children }: XmlElement, name: string): string {
  const child = children.find((each) => typeof each !== 'string' && each.name === name)
  return typeof child === 'object' ? child.children.join('') : ''
}

/** What all events have. */
function readEvent(event: Event): LogEvent {
  const { key, createdTime: at, vm } = event._type === '$unknown' ? event.base : event
  return {
    type: event._type === '$unknown' ? event.typeName : event._type,
    key,
    at,
    vm: vm?.vm.value,
    born: bornBy(event),
  }
}

const births: ReadonlySet<string> = new Set([
  'VmCreatedEvent',
  'VmClonedEvent',
  'VmDeployedEvent',
  'VmRegisteredEvent',
  'VmDiscoveredEvent',
])

/** A VM that became a template is a VM no more, whether or not it was seen as one, and the other way round. */
function changeOf(was: KnownVm | undefined, is: KnownVm | undefined, isNew: boolean) {
  if (is === undefined) return undefined // gone since: its removal comes with the next answer
  if (is.isTemplate) return isNew ? undefined : 'vm-removed'
  return isNew || was?.isTemplate === true ? 'vm-created' : 'vm-changed'
}

/** The position in a cursor of this vCenter. */
function positionIn(cursor: string, identity: string): Position | undefined {
  const [of, key = '', at = ''] = cursor.split('/')
  if (of !== identity || !/^\d{1,10}$/.test(key) || Number.isNaN(Date.parse(at))) return undefined
  return { key: Number(key), at }
}
