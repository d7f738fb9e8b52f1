import type { ObjectUpdate, UpdateSet } from '../generated/property-collector.js'
import type { Caller } from './caller.js'
import { partOfType } from './codec.js'
import { completeWith } from './complete-value.js'
import { isForgotten, isPassing, pause } from './passing.js'
import { specOfView } from './property-reader.js'
import type { ManagedObjectReference } from './reference.js'
import { refuseNewer } from './refuse-newer.js'
import { createView, destroyView, type RetrieveOptions } from './retrieve.js'
import type { LiveSession } from './session.js'
import { openUpdateFeed, type UpdateFeed } from './update-feed.js'

export interface WatchOptions extends Pick<RetrieveOptions, 'container' | 'recursive'> {
  readonly signal?: AbortSignal
}

/** A change below a property that is watched: of one device in the list of devices, for example. */
export interface NestedChange {
  /** As in `config.hardware.device[4000]`. */
  readonly path: string
  readonly op: string
  readonly value: unknown
}

/** An event of a change stream; `watch` of the client types its changes by their paths. */
export type WatchEventOf<Changes> =
  /** All objects that were there have been told. Comes once after the start, and after each `reset`. */
  | { readonly kind: 'synced' }
  /** The stream began anew: forget everything, all objects come again as `enter`. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'leave'; readonly ref: ManagedObjectReference }
  | {
      readonly kind: 'enter' | 'modify'
      readonly ref: ManagedObjectReference
      /** What changed; a property that became unset is there with the value undefined. */
      readonly changes: Changes
      readonly nested: readonly NestedChange[]
    }

export type RawWatchEvent = WatchEventOf<Readonly<Record<string, unknown>>>

const retryAfterMs = 1_000

/** Objects of a type and their changes. The server is asked only when the consumer wants more: it keeps what happens meanwhile. */
export async function* watch(
  caller: Caller,
  type: string,
  paths: readonly string[],
  options: WatchOptions,
): AsyncGenerator<RawWatchEvent, void, undefined> {
  const signal = options.signal ?? new AbortController().signal
  const watched = new Set(paths)
  for (let restarts = 0; !signal.aborted; restarts++) {
    const live = restarts === 0 ? await caller.session.current() : await sessionAgain()
    if (live === undefined) return
    let view: ManagedObjectReference | undefined
    let feed: UpdateFeed | undefined
    try {
      if (restarts > 0) yield { kind: 'reset' }
      await refuseNewer(caller, live, type, paths)
      view = await createView(caller, live, type, options)
      feed = await openUpdateFeed(caller, live, specOfView(view, type, paths))
      yield* follow(feed)
      return
    } catch (error) {
      if (signal.aborted) return
      await recover(live, error)
    } finally {
      void closeStation(live, view, feed)
    }
  }

  /** A server that restarts forgets its sessions first, and lets nobody in for a while. Undefined when the signal ends the wait. */
  async function sessionAgain(): Promise<LiveSession | undefined> {
    while (!signal.aborted) {
      try {
        return await caller.session.current()
      } catch (error) {
        if (!isPassing(error)) throw error
        await pause(retryAfterMs, signal)
      }
    }
    return undefined
  }

  async function* follow(feed: UpdateFeed): AsyncGenerator<RawWatchEvent, void, undefined> {
    let synced = false
    while (!signal.aborted) {
      const updates = await feed.next(signal)
      for (const { objectSet } of updates?.filterSet ?? []) for (const update of objectSet) yield await eventOf(update)
      if (synced || isPartial(updates)) continue
      synced = true
      yield { kind: 'synced' }
    }
  }

  async function eventOf({ kind, obj, changeSet }: ObjectUpdate): Promise<RawWatchEvent> {
    if (kind === 'leave') return { kind: 'leave', ref: obj }
    const changes: Record<string, unknown> = {}
    const nested: NestedChange[] = []
    for (const { name, op, val } of changeSet) {
      const value = await completeWith(['property-collector', partOfType(type)], val)
      if (watched.has(name)) changes[name] = value
      else nested.push({ path: name, op, value })
    }
    return { kind: kind === 'enter' ? 'enter' : 'modify', ref: obj, changes, nested }
  }

  /** Returns when the stream can begin anew; throws when it cannot. */
  async function recover(live: LiveSession, error: unknown): Promise<void> {
    if (await caller.sessionEnded(live, error)) {
      await caller.session.renew(live).catch((refusal: unknown) => {
        if (!isPassing(refusal)) throw refusal // else the next turn tries it again
      })
      return
    }
    if (!isPassing(error) && !isForgotten(error)) throw error
    await pause(retryAfterMs, signal)
  }

  async function closeStation(
    live: LiveSession,
    view: ManagedObjectReference | undefined,
    feed: UpdateFeed | undefined,
  ): Promise<void> {
    await feed?.destroy()
    if (view !== undefined) await destroyView(caller, live, view)
  }
}

/** More of the same state is to come: the server tells it in portions. */
function isPartial(updates: UpdateSet | undefined): boolean {
  return updates?.truncated === true
}
