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
    if (signal) releases.push(onAbort(signal, () => controller.abort(reason())))
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release() {
      for (const release of releases) release()
    },
  }
}

interface Hub {
  readonly reactions: Set<() => void>
  readonly react: () => void
}

// One listener a signal, however many calls share it: Node warns of a leak at the eleventh.
const hubs = new WeakMap<AbortSignal, Hub>()

function onAbort(signal: AbortSignal, reaction: () => void): () => void {
  if (signal.aborted) {
    reaction()
    return () => {}
  }
  const hub = hubs.get(signal) ?? newHub(signal)
  hub.reactions.add(reaction)
  return () => {
    hub.reactions.delete(reaction)
    if (hub.reactions.size > 0) return
    signal.removeEventListener('abort', hub.react)
    hubs.delete(signal)
  }
}

function newHub(signal: AbortSignal): Hub {
  const reactions = new Set<() => void>()
  const react = (): void => {
    for (const reaction of [...reactions]) reaction()
  }
  const hub: Hub = { reactions, react }
  signal.addEventListener('abort', react, { once: true })
  hubs.set(signal, hub)
  return hub
}
