/** Bounds how many calls run at once, by lane. Waiters go in order. */
export interface Limiter {
  /** Runs `work` when the lane has room. Rejects with the signal's reason when aborted while waiting. */
  run<T>(lane: Lane, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

/**
 * `polls` are looks at accepted work. They have a wide lane of their own: an adapter answers all that look in one turn
 * with one request, which a narrow lane would cut into many.
 */
export type Lane = 'reads' | 'mutations' | 'polls'
