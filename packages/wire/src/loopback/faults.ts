import type { LoopbackReply } from './messages.js'
import { pathFits } from './request-log.js'

export interface FaultMatch {
  /** Or any of several. */
  readonly method?: string | readonly string[]
  /** A string fits the whole path without its query, a regular expression any part of the path with its query. */
  readonly path?: RegExp | string
  /** Leave the first n fitting requests alone. */
  readonly after?: number
  /** Then act on this many; default: on all. */
  readonly times?: number
}

export type FaultAction =
  /** The connection is cut when the request has arrived; the handler does not run. */
  | { readonly type: 'drop-before' }
  /** The connection is cut when the handler has begun, which runs on: what is lost is the answer of a call that blocks. */
  | { readonly type: 'drop-during' }
  /** The handler runs, its answer is lost and the connection is cut. */
  | { readonly type: 'drop-after' }
  /** The handler runs, its answer is held back: until `until` settles, by default until the client goes away. */
  | { readonly type: 'hold'; readonly until?: Promise<unknown> }
  | { readonly type: 'delay'; readonly ms: number }
  /** This reply instead of the handler's. */
  | { readonly type: 'reply'; readonly reply: LoopbackReply }
  /** The handler runs, and its reply comes with another body: what it set in headers, such as a session, is there. */
  | { readonly type: 'other-body'; readonly body: string }
  /** Bytes that are no HTTP, instead of the handler's reply. */
  | { readonly type: 'garbage' }
  /** The handler's reply, its body dripping. */
  | { readonly type: 'slow-body'; readonly bytesPerSecond: number }
  /** The handler's reply, cut off after so many bytes of its body. */
  | { readonly type: 'truncate'; readonly bytes: number }

export interface Fault {
  readonly match: FaultMatch
  readonly action: FaultAction
}

export interface PlacedFault {
  remove(): void
  /** On how many requests it acted. */
  hits(): number
}

export interface FaultSwitches {
  /** When several faults fit a request, the one that was added first acts; the others count it as seen. */
  add(fault: Fault): PlacedFault
  clear(): void
}

export interface FaultTable extends FaultSwitches {
  actionFor(method: string, path: string): FaultAction | undefined
}

interface FaultState {
  readonly fault: Fault
  seen: number
  hits: number
}

export function createFaultTable(): FaultTable {
  const states = new Set<FaultState>()
  return {
    add(fault) {
      const state: FaultState = { fault, seen: 0, hits: 0 }
      states.add(state)
      return { remove: () => void states.delete(state), hits: () => state.hits }
    },
    clear: () => states.clear(),
    actionFor(method, path) {
      let acting: FaultState | undefined
      for (const state of states) {
        const { match } = state.fault
        if (!fits(match, method, path)) continue
        state.seen += 1
        const open = state.seen > (match.after ?? 0) && state.hits < (match.times ?? Number.POSITIVE_INFINITY)
        if (open && acting === undefined) acting = state
      }
      if (acting === undefined) return undefined
      acting.hits += 1
      return acting.fault.action
    },
  }
}

function fits(match: FaultMatch, method: string, path: string): boolean {
  if (match.method !== undefined && ![match.method].flat().includes(method)) return false
  if (match.path === undefined) return true
  return pathFits(match.path, typeof match.path === 'string' ? withoutQuery(path) : path)
}

export function withoutQuery(path: string): string {
  const mark = path.indexOf('?')
  return mark < 0 ? path : path.slice(0, mark)
}
