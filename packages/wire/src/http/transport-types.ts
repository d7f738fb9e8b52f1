export interface TransportOptions {
  /** `https://host:port`, without a path; `http://` only with `allowPlainHttp`. */
  readonly baseUrl: string
  /** Authorities to trust instead of Node's own list: PEM, each text may hold several. */
  readonly ca?: string | readonly string[]
  /**
   * SHA-256 of the server's own certificate as `AA:BB:..`; several when it is about to change. Checked before a byte of a
   * request is sent. A pin identifies the server by itself: names, dates and issuer are then not looked at, unless `ca` is
   * given too, in which case chain and dates must be right as well.
   */
  readonly fingerprint256?: string | readonly string[]
  /** SHA-1 of the server's own certificate, the thumbprint that vSphere shows; like `fingerprint256`. Prefer SHA-256 where you can. */
  readonly fingerprint1?: string | readonly string[]
  /** Accept any certificate. An explicit opt-out that cannot be combined with `ca` or a pin. */
  readonly allowUntrusted?: boolean
  /** Accept a `http://` base URL: everything is then readable on the way. */
  readonly allowPlainHttp?: boolean
  /** Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** `http://[user:password@]host:port` of a proxy that offers CONNECT. TLS and pins reach through it to the server. */
  readonly proxy?: string
  /** Default 8. Further requests wait their turn. */
  readonly maxConnections?: number
  /** Close a connection that lay idle so long; default 4000. Stay below the server's own limit. */
  readonly idleTimeoutMs?: number
  /** Give a connection up after so many requests, before the server does; default: no limit. */
  readonly maxRequestsPerConnection?: number
  /** For name, proxy, TCP and TLS together; default 10,000. */
  readonly connectTimeoutMs?: number
  /** For everything from the call to the last byte of the body, retries included; default 60,000. */
  readonly timeoutMs?: number
  /** Largest body accepted, counted after decompression; default 64 MiB. */
  readonly maxBodyBytes?: number
  /**
   * Ask for compressed answers; default true. What the network saves costs CPU at both ends, so turn it off on a fast network:
   * a list of 3 MB takes a third more CPU here.
   */
  readonly compression?: boolean
  /** How often a failed read is sent again; default 2. A mutation is only sent again when it surely was not sent. */
  readonly retries?: number
}

export interface TransportRequest {
  readonly method: string
  /** Path with query, already encoded, beginning with `/`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A stream needs its `content-length` among the headers and is sent once: it has no second beginning. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly maxBodyBytes?: number
  /** A read may be sent again after any failure of the transport. Default: GET and HEAD. */
  readonly idempotent?: boolean
}

/**
 * A body can be read once, in one of the four ways; a second time is a TypeError. Reading fails with a WireError
 * when the connection breaks, the deadline passes or the body is too large.
 */
export interface TransportResponse {
  readonly status: number
  /** The reason phrase as it was sent: some servers put their error text there. */
  readonly statusText: string
  /** Lower-case names; a name that was sent repeatedly has its values in order. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
  json(): Promise<unknown>
  /** Decompressed chunks as they arrive, for large feeds; leaving the loop early gives the connection up. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Running counts, for budgets and tests. */
export interface TransportStats {
  /** Calls of `request`, the door's included. */
  readonly requests: number
  /** Connections that were opened and accepted. */
  readonly connections: number
  /** Requests that were sent again. */
  readonly retries: number
}

export interface Transport {
  /**
   * Sends one request. Resolves for every HTTP status, once the body is there, or its first quarter MiB.
   * Rejects with WireError; with TypeError when the request itself is malformed.
   */
  request(request: TransportRequest): Promise<TransportResponse>
  /** Fetch-shaped door, for `createClient({ fetch: transport.fetch, Request: transport.Request })`. Rejects with WireError. Redirects are not followed. */
  readonly fetch: (input: Request) => Promise<Response>
  /** The request class that goes with `fetch`: a small stand-in for the global one. */
  readonly Request: typeof Request
  /**
   * Lets the accepted requests end, then closes every connection. A body that nobody has begun to read by then is given
   * up; later requests fail with kind `closed`.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
  readonly stats: TransportStats
}
