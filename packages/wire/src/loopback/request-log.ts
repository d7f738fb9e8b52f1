export interface LoggedRequest {
  readonly method: string
  /** Without the query: values there may be secret. */
  readonly path: string
  /** Undefined while no answer was begun, and for ever when the connection was dropped. */
  readonly status: number | undefined
  readonly connectionId: number
  /** Milliseconds since the epoch, when the request had arrived whole. */
  readonly at: number
}

export interface RequestFilter {
  readonly method?: string
  /** A string fits the whole path, a regular expression any part of it. */
  readonly path?: RegExp | string
  readonly status?: number
}

/** What arrived at a loopback server since it started or was last cleared. */
export interface RequestLog {
  /** The latest 100,000 requests, oldest first. */
  entries(): readonly LoggedRequest[]
  clear(): void
  count(filter?: RequestFilter): number
  /** Connections that completed their (TLS) handshake. */
  connections(): number
}

export interface RecordingRequestLog extends RequestLog {
  recordConnection(): void
  /** Returns a function that notes the status of the answer. */
  recordRequest(entry: Omit<LoggedRequest, 'status'>): (status: number) => void
}

const CAPACITY = 100_000

export function createRequestLog(): RecordingRequestLog {
  let entries: LoggedRequest[] = []
  let connections = 0
  return {
    entries: () => [...entries],
    clear() {
      entries = []
      connections = 0
    },
    count: (filter = {}) => entries.filter((entry) => fits(entry, filter)).length,
    connections: () => connections,
    recordConnection() {
      connections += 1
    },
    recordRequest(entry) {
      const logged: { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] } = { ...entry, status: undefined }
      entries.push(logged)
      // A quarter at a time, so that a busy long-lived server does not move the whole array for each request.
      if (entries.length > CAPACITY * 1.25) entries = entries.slice(-CAPACITY)
      return (status) => {
        logged.status = status
      }
    },
  }
}

function fits(entry: LoggedRequest, filter: RequestFilter): boolean {
  if (filter.method !== undefined && filter.method !== entry.method) return false
  if (filter.status !== undefined && filter.status !== entry.status) return false
  return filter.path === undefined || pathFits(filter.path, entry.path)
}

/** `search` rather than `test`: a global expression keeps no position between calls. */
export function pathFits(pattern: RegExp | string, path: string): boolean {
  return typeof pattern === 'string' ? pattern === path : path.search(pattern) >= 0
}
