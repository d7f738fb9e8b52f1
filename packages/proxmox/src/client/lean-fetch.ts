import type { Door } from './door.js'
import type { NativeResponse } from './sender.js'

const apiRoot = '/api2/json'
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }
const noHeaders = {}

/** What is asked of openapi-fetch besides its own options; it copies them onto the request. */
export interface LeanInit {
  readonly method?: string
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly operation?: string
}

/** Stands in for the WHATWG Request below openapi-fetch: plain fields, no parsing of URLs, no streams. */
export class LeanRequest {
  readonly url: string
  readonly method: string
  readonly body: string | undefined
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly operation: string
  // openapi-fetch copies what it does not find here.
  readonly headers: unknown
  readonly redirect: unknown

  constructor(url: string, init: LeanInit) {
    this.url = url
    this.method = init.method ?? 'GET'
    this.body = init.body
    this.signal = init.signal
    this.timeoutMs = init.timeoutMs
    this.operation = init.operation ?? `${this.method} ${url}`
    this.headers = undefined
    this.redirect = undefined
  }
}

/** Stands in for the WHATWG Response: what openapi-fetch reads of one. */
export interface LeanResponse {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** The fetch that goes below openapi-fetch for the flat surface. */
export function createLeanFetch(door: Door): (request: LeanRequest) => Promise<LeanResponse> {
  return async (request) => {
    const response = await door({
      operation: request.operation,
      method: request.method,
      path: apiRoot + request.url,
      headers: request.body === undefined ? noHeaders : formHeaders,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    })
    return new PlainResponse(response)
  }
}

class PlainResponse implements LeanResponse {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly headers: { get(name: string): string | null } = withoutHeaders
  readonly #response: NativeResponse

  constructor(response: NativeResponse) {
    this.ok = response.status >= 200 && response.status < 300
    this.status = response.status
    this.statusText = response.statusText
    this.#response = response
  }

  text(): Promise<string> {
    return this.#response.text()
  }
}

/** openapi-fetch asks only for lengths, to find out about empty bodies; an empty text tells it as well. */
const withoutHeaders = { get: (): string | null => null }
