import type { TransportRequest, TransportResponse } from './transport-types.js'
import { WireRequest } from './wire-request.js'
import { WireResponse } from './wire-response.js'

export interface FetchDoor {
  readonly fetch: (input: Request) => Promise<Response>
  readonly Request: typeof Request
}

/** A fetch for URLs of one origin. Any other URL is refused: its credentials are meant for this server alone. */
export function createFetchDoor(
  origin: string,
  send: (request: TransportRequest) => Promise<TransportResponse>,
): FetchDoor {
  async function fetch(input: Request | WireRequest): Promise<WireResponse> {
    const request = input instanceof WireRequest ? fromWireRequest(input, origin) : await fromRequest(input, origin)
    return new WireResponse(input.url, await send(request))
  }
  // The stand-ins have every member that openapi-fetch and its middlewares touch; the types promise the whole interface,
  // so that they fit where the global ones are asked for.
  return { fetch: fetch as unknown as FetchDoor['fetch'], Request: WireRequest as unknown as typeof Request }
}

function fromWireRequest(request: WireRequest, origin: string): TransportRequest {
  const { method, body, signal, timeoutMs, maxBodyBytes, idempotent } = request
  return {
    method,
    path: pathOf(request.url, origin),
    headers: request.headers.toRecord(),
    ...(body === null ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(idempotent === undefined ? {} : { idempotent }),
  }
}

/** A request of the global class, for callers that set `fetch` alone. */
async function fromRequest(request: Request, origin: string): Promise<TransportRequest> {
  const path = pathOf(request.url, origin)
  const headers: Record<string, string> = Object.fromEntries(request.headers)
  const body = request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }
  return { method: request.method, path, headers, ...body, signal: request.signal }
}

/** Path and query of a URL, which must be one of this origin. */
export function pathOf(url: string, origin: string): string {
  const rest = url.startsWith(origin) ? url.slice(origin.length) : ''
  if (rest.startsWith('/') && isSendable(rest)) return rest
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.origin !== origin) {
    throw new TypeError(
      `this fetch reaches ${origin} alone: give URLs below it, or create a transport for the other server`,
    )
  }
  return `${parsed.pathname}${parsed.search}`
}

/** Printable ASCII without a fragment can go onto the wire as it stands. */
function isSendable(path: string): boolean {
  return /^[\x21\x22\x24-\x7e]*$/.test(path)
}
