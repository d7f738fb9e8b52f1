import type { ErrorJson } from '../errors/error-codes.js'
import type { Reference } from './references.js'

/** A part of the endpoint that could not be read: its objects are missing or stale, not gone. */
export interface ListProblem {
  /** Id of the host, cluster or system that did not answer. */
  readonly source: string
  readonly error: ErrorJson
}

/** What an adapter's list gives: one observation of everything asked for. */
export interface Listing<T> {
  readonly items: readonly T[]
  readonly problems: readonly ListProblem[]
  /** False when a part could not be read. */
  readonly complete: boolean
  /** When the platform was looked at, as an ISO time of our clock. */
  readonly observedAt: string
  /** `cache`: the platform answers from a periodic broadcast, so states may be some seconds old. */
  readonly source: 'live' | 'cache'
}

/** One page of a list. Without a page size it holds everything. */
export interface Page<T> extends Listing<T> {
  /** Give it to the same list for the next page; absent on the last. Pages of one listing show one observation. */
  readonly nextPageToken?: string
}

export interface PageQuery {
  /** Items a page, 1 to 10,000. Default: everything in one page. */
  readonly pageSize?: number
  readonly pageToken?: string
}

export interface ResourceQuery extends PageQuery {
  /** Only what lies in this datacenter, cluster or host. */
  readonly within?: Reference
}
