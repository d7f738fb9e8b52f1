/** The time that a platform lives in. */
export interface MemoryClock {
  /** Epoch milliseconds. */
  now(): number
  /** Moves time forward. */
  advance(ms: number): void
  /** Told of each native call. */
  tick(): void
  /** Does time pass by itself? */
  readonly real: boolean
}

/**
 * Time that passes only when it is told to, and by `msPerCall` with every native call: whoever polls arrives, at once.
 * Default: 200 ms a call, from the beginning of 2026 on.
 */
export function virtualClock(options: { readonly start?: number; readonly msPerCall?: number } = {}): MemoryClock {
  const { start = Date.UTC(2026, 0, 1), msPerCall = 200 } = options
  let time = start
  return {
    now: () => time,
    advance(ms) {
      time += ms
    },
    tick() {
      time += msPerCall
    },
    real: false,
  }
}

/** The computer's time. `advance` moves this clock ahead of it. */
export function realClock(): MemoryClock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      ahead += ms
    },
    tick() {},
    real: true,
  }
}
