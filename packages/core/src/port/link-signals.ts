/** A signal that is aborted with the first of others, and can be let go so that long-lived ones keep no listener. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  release(): void
}

/** Aborts when one of `sources` does, with the reason that goes with it. */
export function linkSignals(
  sources: readonly { readonly signal: AbortSignal | undefined; readonly reason: () => unknown }[],
): LinkedSignal {
  const controller = new AbortController()
  const releases: (() => void)[] = []
  for (const { signal, reason } of sources) {
    if (!signal) continue
    const abort = (): void => controller.abort(reason())
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    releases.push(() => signal.removeEventListener('abort', abort))
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const release of releases) release()
    },
  }
}
