import type { Lane, Limiter } from './limiter.js'

/** How many calls may run at once, by lane. */
export type LaneWidths = { readonly [L in Lane]?: number }

interface LaneState {
  readonly width: number
  running: number
  readonly waiting: Set<() => void>
}

/**
 * Lanes of bounded width; those who wait go in the order they came. Default: 8 reads, 4 mutations and 1,024 polls at
 * once.
 */
export function createLimiter(widths: LaneWidths = {}): Limiter {
  const lanes: Record<Lane, LaneState> = {
    reads: laneOf('reads', widths.reads ?? 8),
    mutations: laneOf('mutations', widths.mutations ?? 4),
    polls: laneOf('polls', widths.polls ?? 1024),
  }
  return {
    async run(lane, work, signal) {
      const state = lanes[lane]
      signal?.throwIfAborted()
      if (state.running < state.width) state.running++
      else await turn(state, signal)
      try {
        return await work()
      } finally {
        leave(state)
      }
    },
  }
}

function laneOf(lane: Lane, width: number): LaneState {
  if (!Number.isSafeInteger(width) || width < 1)
    throw new RangeError(`the width of the lane '${lane}' must be 1 or more`)
  return { width, running: 0, waiting: new Set() }
}

/** Waits for a place that somebody else gives up; the place is handed over, so nobody can overtake. */
function turn(state: LaneState, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = (): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = (): void => {
      state.waiting.delete(enter)
      reject(signal?.reason)
    }
    state.waiting.add(enter)
    signal?.addEventListener('abort', giveUp, { once: true })
  })
}

function leave(state: LaneState): void {
  const [next] = state.waiting
  if (!next) {
    state.running--
    return
  }
  state.waiting.delete(next)
  next()
}
