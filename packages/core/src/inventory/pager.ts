import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Listing, Page, PageQuery } from '../model/page.js'

export interface PagerOptions {
  /** How many observations are kept at once; the oldest goes first. Default 8. */
  readonly maxKept?: number
  /** How long one is kept, in milliseconds. Default 300,000. */
  readonly maxAgeMs?: number
  /** Our clock, epoch milliseconds. */
  readonly now?: () => number
}

/** Cuts listings into pages. All pages of one listing show one observation, kept here until it is too old. */
export interface Pager {
  /** `list` names the list and its filters: a token is good for that list alone. */
  page<T>(list: string, query: PageQuery, load: () => Promise<Listing<T>>): Promise<Page<T>>
  /** Forgets everything kept. */
  clear(): void
}

interface Kept {
  readonly list: string
  readonly listing: Listing<unknown>
  readonly pageSize: number
  readonly at: number
}

const largestPage = 10_000

export function createPager(options: PagerOptions = {}): Pager {
  const { maxKept = 8, maxAgeMs = 300_000, now = Date.now } = options
  const kept = new Map<string, Kept>()

  function forgetOld(): void {
    for (const [id, { at }] of kept) if (now() - at > maxAgeMs) kept.delete(id)
  }

  function keep(entry: Kept): string {
    const [oldest] = kept.keys()
    if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest)
    const id = crypto.randomUUID()
    kept.set(id, entry)
    return id
  }

  function find(token: string, list: string): { readonly entry: Kept; readonly id: string; readonly offset: number } {
    const [id = '', place = '', ...rest] = token.split('.')
    const entry = kept.get(id)
    const offset = /^\d{1,9}$/.test(place) ? Number(place) : -1
    if (!entry || rest.length > 0) throw badToken('it is unknown or has expired; list again without a token')
    if (entry.list !== list) throw badToken('it belongs to another list or other filters')
    if (offset < 1 || offset >= entry.listing.items.length) throw badToken('it was altered')
    return { entry, id, offset }
  }

  return {
    async page<T>(list: string, query: PageQuery, load: () => Promise<Listing<T>>): Promise<Page<T>> {
      assertPageQuery(query)
      forgetOld()
      if (query.pageToken !== undefined) {
        const { entry, id, offset } = find(query.pageToken, list)
        // A token is good for its own list alone, so the kept items are of its type.
        return cut(entry.listing as Listing<T>, id, offset, query.pageSize ?? entry.pageSize)
      }
      const listing = await load()
      const { pageSize } = query
      if (pageSize === undefined || listing.items.length <= pageSize) return listing
      return cut(listing, keep({ list, listing, pageSize, at: now() }), 0, pageSize)
    },
    clear: () => kept.clear(),
  }
}

function cut<T>(listing: Listing<T>, id: string, from: number, pageSize: number): Page<T> {
  const to = from + pageSize
  const items = listing.items.slice(from, to)
  return { ...listing, items, ...(to < listing.items.length && { nextPageToken: `${id}.${to}` }) }
}

function assertPageQuery({ pageSize, pageToken }: PageQuery): void {
  if (pageToken !== undefined && typeof pageToken !== 'string') throw badToken('it is no text')
  if (pageSize === undefined) return
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= largestPage) return
  throw invalidQuery('pageSize', `must be a whole number from 1 to ${largestPage}`)
}

function badToken(why: string): HypervisorError {
  return invalidQuery('pageToken', `is not good: ${why}`)
}

function invalidQuery(path: string, message: string): HypervisorError {
  const details = { problems: [{ path, message }] }
  return new HypervisorError('INVALID_ARGUMENT', `${path} ${message}`, { details })
}
