/** Whoever wants to know that a signal was aborted. */
export interface AbortWatcher {
  signalAborted(): void
}

const watchers = new WeakMap<AbortSignal, Set<AbortWatcher>>()

/** One listener a signal, however many requests share it: Node warns of a leak from the eleventh on. */
export function watchAbort(signal: AbortSignal, watcher: AbortWatcher): void {
  const known = watchers.get(signal)
  if (known) {
    known.add(watcher)
    return
  }
  watchers.set(signal, new Set([watcher]))
  signal.addEventListener('abort', tellAll, { once: true })
}

export function unwatchAbort(signal: AbortSignal, watcher: AbortWatcher): void {
  const known = watchers.get(signal)
  if (!known?.delete(watcher) || known.size > 0) return
  watchers.delete(signal)
  signal.removeEventListener('abort', tellAll)
}

function tellAll(this: AbortSignal): void {
  const known = watchers.get(this)
  watchers.delete(this)
  for (const watcher of known ?? []) watcher.signalAborted()
}
