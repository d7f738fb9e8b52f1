import type { NativeCall } from './native-calls.js'
import { isMutation } from './native-calls.js'

/** One native call, as the platform saw it. Holds no secret: of the arguments only which VM was meant. */
export interface NativeLogEntry {
  readonly number: number
  /** The platform's clock, epoch milliseconds. */
  readonly at: number
  readonly site: string
  readonly call: NativeCall
  /** Does the call change something? */
  readonly mutation: boolean
  readonly vm?: string
  readonly claim?: string
  /**
   * `applied`: it was carried out and answered. `unanswered`: carried out, but the answer was lost. `refused`: not
   * carried out. `dropped`: it never arrived.
   */
  readonly outcome: 'applied' | 'unanswered' | 'refused' | 'dropped'
  /** Why it was refused. */
  readonly code?: string
}

/** What happened at the platform, in order. */
export interface NativeLog {
  readonly entries: readonly NativeLogEntry[]
  add(entry: Omit<NativeLogEntry, 'number' | 'mutation'>): void
  clear(): void
  /** How many calls fit; carried out means `applied` or `unanswered`. */
  count(filter?: NativeLogFilter): number
  select(filter: NativeLogFilter): readonly NativeLogEntry[]
}

export interface NativeLogFilter {
  readonly site?: string
  readonly call?: NativeCall
  readonly vm?: string
  readonly mutation?: boolean
  readonly carriedOut?: boolean
}

/** Keeps the last 100,000 calls. */
export function createLog(): NativeLog {
  let entries: NativeLogEntry[] = []
  let number = 0
  const select = (filter: NativeLogFilter) => entries.filter((entry) => fits(entry, filter))
  return {
    get entries() {
      return entries
    },
    add(entry) {
      number += 1
      entries.push({ number, mutation: isMutation(entry.call), ...entry })
      if (entries.length > 100_000) entries = entries.slice(-50_000)
    },
    clear() {
      entries = []
    },
    count: (filter = {}) => select(filter).length,
    select,
  }
}

function fits(entry: NativeLogEntry, filter: NativeLogFilter): boolean {
  const carriedOut = entry.outcome === 'applied' || entry.outcome === 'unanswered'
  return (
    (filter.site === undefined || entry.site === filter.site) &&
    (filter.call === undefined || entry.call === filter.call) &&
    (filter.vm === undefined || entry.vm === filter.vm) &&
    (filter.mutation === undefined || entry.mutation === filter.mutation) &&
    (filter.carriedOut === undefined || carriedOut === filter.carriedOut)
  )
}
