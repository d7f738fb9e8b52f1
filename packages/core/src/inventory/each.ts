import type { ListProblem, Page, PageQuery } from '../model/page.js'
import type { VmQuery, VmSummary } from '../model/vm.js'
import type { CallOptions, HypervisorPort } from '../port.js'
import { type Result, unwrap } from '../result.js'

export interface EachOptions extends CallOptions {
  /** Told once, on the first page, what could not be read. */
  readonly onProblems?: (problems: readonly ListProblem[]) => void
}

/** Iterates over all VMs that fit: `for await (const vm of eachVm(port))`. Throws the HypervisorError of a failed page. */
export function eachVm(
  port: Pick<HypervisorPort, 'listVms'>,
  query: Omit<VmQuery, 'pageToken'> = {},
  options: EachOptions = {},
): AsyncGenerator<VmSummary, void, undefined> {
  return each(port.listVms, query, options)
}

/** Iterates over any list of a port, page by page: `for await (const host of each(port.listHosts))`. Throws. */
export async function* each<T, Query extends PageQuery>(
  list: (query?: Query, options?: CallOptions) => Promise<Result<Page<T>>>,
  query?: Omit<Query, 'pageToken'>,
  options: EachOptions = {},
): AsyncGenerator<T, void, undefined> {
  const { onProblems, ...callOptions } = options
  let pageToken: string | undefined
  do {
    // The query as it was given, with the token that its list asked for.
    const asked = { ...query, ...(pageToken !== undefined && { pageToken }) } as Query
    const page = unwrap(await list(asked, callOptions))
    if (pageToken === undefined && page.problems.length > 0) onProblems?.(page.problems)
    yield* page.items
    pageToken = page.nextPageToken
  } while (pageToken !== undefined)
}
