/** How one call may be limited. */
export interface RequestOptions {
  readonly signal?: AbortSignal
  /** Covers connecting, headers and body; in place of the client's. */
  readonly timeoutMs?: number
}

/** An operation by key, without types: what the parts of the client that stand above single operations use. */
export type CallOperation = (
  key: string,
  parameters?: Readonly<Record<string, unknown>>,
  options?: RequestOptions,
) => Promise<unknown>
