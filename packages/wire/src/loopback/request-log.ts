export interface LoggedRequest {
  readonly method: string
  /** Without the query: values there may be secret. */
  readonly path: string
  /** Undefined while no answer was begun, and for ever when the connection was dropped. */
  readonly status: number | undefined
  /** It was carried out, and a fault holds its answer back. */
  readonly held?: boolean
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
  /** The most connections that were open at once. */
  connectionsAtOnce(): number
  /** The most requests that the handler had at once, each from its arrival until its answer was ready. */
  requestsAtOnce(): number
}

export interface RecordingRequestLog extends RequestLog {
  /** Returns a function that notes the end of the connection. */
  recordConnection(): () => void
  /** The handler begins; returns a function that notes its end. */
  recordHandling(): () => void
  /** Returns a function that notes what becomes of it. */
  recordRequest(entry: Omit<LoggedRequest, 'status'>): (news: Partial<Pick<LoggedRequest, 'status' | 'held'>>) => void
}

const CAPACITY = 100_000

export function createRequestLog(): RecordingRequestLog {
  let entries: LoggedRequest[] = []
  let connections = 0
  const open = createPeak()
  const handled = createPeak()
  return {
    entries: () => [...entries],
    clear() {
      entries = []
      connections = 0
      open.clear()
      handled.clear()
    },
    count: (filter = {}) => entries.filter((entry) => fits(entry, filter)).length,
    connections: () => connections,
    connectionsAtOnce: open.peak,
    requestsAtOnce: handled.peak,
    recordConnection() {
      connections += 1
      return open.enter()
    },
    recordHandling: handled.enter,
    recordRequest(entry) {
      const logged: LoggedRequest = { ...entry, status: undefined }
      entries.push(logged)
      // A quarter at a time, so that a busy long-lived server does not move the whole array for each request.
      if (entries.length > CAPACITY * 1.25) entries = entries.slice(-CAPACITY)
      return (news) => void Object.assign(logged, news)
    },
  }
}

/** The most of something at once since it was last cleared. */
function createPeak(): { enter(): () => void; peak(): number; clear(): void } {
  let current = 0
  let most = 0
  return {
    enter() {
      current += 1
      most = Math.max(most, current)
      let left = false
      return () => {
        if (!left) current -= 1
        left = true
      }
    },
    peak: () => most,
    clear() {
      most = current
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
