interface Shared<Value> {
  readonly value: Promise<Value>
  readonly giveUp: AbortController
  waiting: number
}

/**
 * A read that many want at once, as the plans of many creations do. Whoever asks before it has begun shares it; whoever asks
 * while it runs shares the next one, which begins when this one has ended. So nobody gets an answer that is older than the
 * question, nothing is kept, and never are there more than one under way and one to come. A caller that gives up does not
 * disturb the others; the read is given up when all have.
 */
export function shareReads<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
): (signal: AbortSignal) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  let coming: Shared<Value> | undefined

  function announce(): Shared<Value> {
    const giveUp = new AbortController()
    const value = last
      .then(() => new Promise(setImmediate)) // those who ask in this turn take part
      .then(() => {
        if (coming === shared) coming = undefined
        giveUp.signal.throwIfAborted()
        return read(giveUp.signal)
      })
    const shared = { value, giveUp, waiting: 0 }
    last = value.catch(() => undefined) // those who wait are told
    return shared
  }

  return async (signal) => {
    signal.throwIfAborted()
    coming ??= announce()
    const shared = coming
    shared.waiting += 1
    let onAbort = (): void => {}
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
    })
    try {
      return await Promise.race([shared.value, aborted])
    } finally {
      signal.removeEventListener('abort', onAbort)
      shared.waiting -= 1
      if (shared.waiting === 0) {
        if (coming === shared) coming = undefined
        shared.giveUp.abort(signal.reason)
      }
    }
  }
}
