/** Bounds how many calls run at once, by lane. Waiters go in order. */
export interface Limiter {
  /** Runs `work` when the lane has room. Rejects with the signal's reason when aborted while waiting. */
  run<T>(lane: Lane, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export type Lane = 'reads' | 'mutations'
