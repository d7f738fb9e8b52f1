import { createBatcher } from '@dcm/core'
import type { OperationKey } from '../client/request-types.js'
import type { ProxmoxApi } from './platform.js'

/** Lists that say the same to everybody, and of which every creation reads several. */
const lists: ReadonlySet<OperationKey> = new Set<OperationKey>([
  'GET /cluster/options',
  'GET /cluster/resources',
  'GET /cluster/status',
  'GET /nodes',
  'GET /nodes/{node}/network',
  'GET /nodes/{node}/storage',
  'GET /pools',
])

type Call = (key: OperationKey, parameters?: object, options?: { readonly signal?: AbortSignal }) => Promise<unknown>

/**
 * The same calls, but who asks for one list in the same turn of the event loop shares one request: it is sent after they
 * asked, so nobody gets an older answer. Many creations at once then do not read all VMs once each. A caller that gives up
 * does not disturb the others, so a shared request runs to its end.
 */
export function withSharedReads(api: ProxmoxApi): ProxmoxApi {
  // Keys are told apart at run time here.
  const call = api.request as Call
  const readers = new Map<string, () => Promise<unknown>>()

  function readerOf(key: OperationKey, parameters: object): () => Promise<unknown> {
    const name = key + JSON.stringify(parameters)
    const known = readers.get(name)
    if (known) return known
    const read = createBatcher(async (asking: readonly undefined[]) => {
      const answer = await call(key, parameters)
      return asking.map(() => answer)
    })
    const reader = (): Promise<unknown> => read(undefined)
    readers.set(name, reader)
    return reader
  }

  const request: Call = (key, parameters = {}, options = {}) =>
    lists.has(key) && !options.signal?.aborted ? readerOf(key, parameters)() : call(key, parameters, options)

  // The answer is that of the same key with the same parameters.
  return { ...api, request: request as ProxmoxApi['request'] }
}
