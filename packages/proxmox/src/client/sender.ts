/** One request, ready to be sent. `path` includes the query and is encoded. */
export interface NativeRequest {
  /** Operation key, for messages: paths name guests, tasks and users. */
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly maxBodyBytes?: number
}

export interface NativeResponse {
  readonly status: number
  /** Reason phrase as sent: the platform puts error texts there. */
  readonly statusText: string
  readonly contentType: string | undefined
  text(): Promise<string>
  /** The body as it arrives, decompressed; instead of `text()`. */
  stream(): AsyncIterable<Uint8Array>
}

/** What the client needs of HTTP: the transport of `@dcm/wire`, or a `fetch` that the user gives. */
export interface Sender {
  /** host:port, for messages. */
  readonly host: string
  send(request: NativeRequest): Promise<NativeResponse>
  close(): Promise<void>
}
