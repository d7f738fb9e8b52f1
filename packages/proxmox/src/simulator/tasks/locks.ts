import type { SimulatorClock } from '@dcm/wire/loopback'

export interface LockRequest {
  /** What is locked, for example the path of a lock file. */
  readonly name: string
  readonly mode: 'shared' | 'exclusive'
  readonly patienceMs: number
  /** Thrown when patience runs out. */
  readonly timeout: () => Error
}

/** Locks with shared and exclusive holders, waited for with a patience, as the platform's lock files are. */
export interface LockTable {
  hold<Result>(request: LockRequest, work: () => Promise<Result>): Promise<Result>
  isHeld(name: string): boolean
}

interface LockState {
  shared: number
  exclusive: boolean
  readonly waiting: Set<() => void>
}

export function createLockTable(clock: SimulatorClock): LockTable {
  const states = new Map<string, LockState>()

  function stateOf(name: string): LockState {
    const known = states.get(name)
    if (known) return known
    const fresh: LockState = { shared: 0, exclusive: false, waiting: new Set() }
    states.set(name, fresh)
    return fresh
  }

  function tryTake(state: LockState, mode: LockRequest['mode']): boolean {
    if (state.exclusive || (mode === 'exclusive' && state.shared > 0)) return false
    if (mode === 'exclusive') state.exclusive = true
    else state.shared += 1
    return true
  }

  function release(name: string, state: LockState, mode: LockRequest['mode']): void {
    if (mode === 'exclusive') state.exclusive = false
    else state.shared -= 1
    for (const retry of [...state.waiting]) retry()
    if (!state.exclusive && state.shared === 0 && state.waiting.size === 0) states.delete(name)
  }

  async function take(request: LockRequest): Promise<LockState> {
    const state = stateOf(request.name)
    if (tryTake(state, request.mode)) return state
    let retry: () => void = () => {}
    const taken = new Promise<boolean>((resolve) => {
      retry = () => {
        if (!state.waiting.has(retry) || !tryTake(state, request.mode)) return
        state.waiting.delete(retry)
        resolve(true)
      }
      state.waiting.add(retry)
    })
    const expired = clock.sleep(request.patienceMs).then(
      () => !state.waiting.delete(retry),
      () => !state.waiting.delete(retry),
    )
    // Whoever removed the waiter first decides: the holder that let go, or the patience that ran out.
    if (await Promise.race([taken, expired])) return state
    throw request.timeout()
  }

  return {
    async hold(request, work) {
      const state = await take(request)
      try {
        return await work()
      } finally {
        release(request.name, state, request.mode)
      }
    },
    isHeld: (name) => states.has(name),
  }
}
