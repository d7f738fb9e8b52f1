/** Time as the simulated hosts see it: real time plus an offset that tests may move. */
export interface SimulatorClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Whole seconds since the epoch, the unit of nearly every time in the API. */
  seconds(): number
  /** Resolves when `ms` of simulated time have gone by. Rejects with `ClockStopped` when the clock is stopped. */
  sleep(ms: number): Promise<void>
  /** Moves simulated time; sleepers whose time has come wake at once. Negative values make the clock late. */
  advance(ms: number): void
  /** Calls back every `ms` until the clock stops, once for a larger move of time; the timer keeps no process alive. */
  every(ms: number, callback: () => void): void
  /** Ends every sleep and timer. */
  stop(): void
}

/** Ends the work of a simulator that is being closed; never seen by a client. */
export class ClockStopped extends Error {
  override readonly name = 'ClockStopped'
}

interface Sleeper {
  readonly dueAt: number
  readonly timer: NodeJS.Timeout
  readonly wake: () => void
  readonly abandon: () => void
}

/** `source` gives real time in milliseconds; default `Date.now`. */
export function createClock(source: () => number = Date.now): SimulatorClock {
  const sleepers = new Set<Sleeper>()
  const intervals = new Set<{ readonly ms: number; readonly callback: () => void; readonly timer: NodeJS.Timeout }>()
  let offset = 0
  let stopped = false

  function now(): number {
    return source() + offset
  }

  function sleep(ms: number): Promise<void> {
    if (stopped) return Promise.reject(new ClockStopped())
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => () => {
        clearTimeout(sleeper.timer)
        sleepers.delete(sleeper)
        action()
      }
      const wake = settle(resolve)
      const sleeper: Sleeper = {
        dueAt: now() + ms,
        timer: setTimeout(wake, ms),
        wake,
        abandon: settle(() => reject(new ClockStopped())),
      }
      sleepers.add(sleeper)
    })
  }

  return {
    now,
    seconds: () => Math.floor(now() / 1000),
    sleep,
    advance(ms) {
      offset += ms
      const reached = [...sleepers].filter((sleeper) => sleeper.dueAt <= now())
      for (const sleeper of reached.sort((a, b) => a.dueAt - b.dueAt)) sleeper.wake()
      for (const interval of intervals) if (ms >= interval.ms) interval.callback()
    },
    every(ms, callback) {
      if (stopped) return
      intervals.add({ ms, callback, timer: setInterval(callback, ms).unref() })
    },
    stop() {
      stopped = true
      for (const { timer } of intervals) clearInterval(timer)
      for (const sleeper of [...sleepers]) sleeper.abandon()
    },
  }
}
