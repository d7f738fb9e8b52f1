import { Call, type CallHost } from './call.js'
import type { Exchange } from './exchange.js'
import { createFetchDoor } from './fetch-door.js'
import type { Lanes } from './lanes.js'
import { headerList } from './request-headers.js'
import { transportSettings } from './settings.js'
import type { Transport, TransportOptions, TransportRequest, TransportResponse } from './transport-types.js'
import { WireError } from './wire-error.js'

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * HTTPS to one server. Checks its options (TypeError) and does no I/O: undici is loaded and the first connection opened
 * by the first request. Connections that lie idle do not keep the process alive.
 */
export function createTransport(options: TransportOptions): Transport {
  const settings = transportSettings(options)
  const stats = { requests: 0, connections: 0, retries: 0 }
  let lanes: Lanes | undefined
  let loading: Promise<Lanes> | undefined
  const active = new Set<Call>()
  let closing: Promise<void> | undefined
  let allOver: (() => void) | undefined

  const host: CallHost = {
    settings,
    dispatch(exchange: Exchange) {
      lanes?.dispatch(exchange) // calls are sent only once it is there
    },
    countRetry() {
      stats.retries += 1
    },
    callOver(call: Call) {
      active.delete(call)
      if (active.size === 0) allOver?.()
    },
  }

  async function load(): Promise<Lanes> {
    const [{ Lanes: LanesClass }, { default: Client }] = await Promise.all([
      import('./lanes.js'),
      // Not undici's main entry: that one replaces the dispatcher of the process's global fetch, and costs twice as much.
      import('undici/lib/dispatcher/client.js'),
    ])
    lanes = new LanesClass(settings, Client, () => {
      stats.connections += 1
    })
    return lanes
  }

  function refuse(request: TransportRequest, kind: 'closed' | 'aborted', text: string): Promise<never> {
    const { method } = request
    const path = request.path.split('?', 1)[0] ?? ''
    const message = `${method} ${path}: ${text}`
    const cause: unknown = kind === 'aborted' ? request.signal?.reason : undefined
    return Promise.reject(
      new WireError({ kind, outcome: 'not-sent', message, retryable: false, host: settings.host, method, path, cause }),
    )
  }

  function request(request: TransportRequest): Promise<TransportResponse> {
    if (!request.path.startsWith('/')) {
      return Promise.reject(new TypeError('the path of a request must begin with "/"; the server is set by baseUrl'))
    }
    if (request.timeoutMs !== undefined && !(request.timeoutMs >= 1 && request.timeoutMs <= LONGEST_TIMER_MS)) {
      return Promise.reject(new TypeError(`timeoutMs must lie between 1 and ${LONGEST_TIMER_MS}`))
    }
    if (closing) return refuse(request, 'closed', 'the transport was closed: create a new one')
    if (request.signal?.aborted) return refuse(request, 'aborted', 'the signal was aborted before the request began')
    stats.requests += 1
    const call = new Call(host, request, headerList(request.headers, settings.compression))
    active.add(call)
    if (lanes) {
      call.send()
    } else {
      loading ??= load()
      loading.then(
        () => call.send(),
        (error: unknown) => call.interrupt('connect', 'undici could not be loaded: install it beside @dcm/wire', error),
      )
    }
    return call.promise
  }

  async function shutDown(): Promise<void> {
    for (const call of [...active]) call.giveUpUnread()
    if (active.size > 0) {
      await new Promise<void>((resolve) => {
        allOver = resolve
      })
    }
    await lanes?.destroy()
  }

  function close(): Promise<void> {
    closing ??= shutDown()
    return closing
  }

  const door = createFetchDoor(settings.origin, request)
  return { request, fetch: door.fetch, Request: door.Request, close, [Symbol.asyncDispose]: close, stats }
}
