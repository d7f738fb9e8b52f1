import { isAboutOurOwn } from './caller.js'
import { isFault, VsphereError } from './error.js'

/** Whether a server may be back in a moment: long polls go on then. */
export function isPassing(error: unknown): boolean {
  return VsphereError.isInstance(error) && (error.kind === 'unreachable' || error.kind === 'timeout')
}

/** Whether a feed is to be opened anew: the server no longer knows where we were, or the feed itself, though the session goes on. */
export function isForgotten(error: unknown): boolean {
  return isFault(error, 'InvalidCollectorVersion') || isFault(error, 'RequestCanceled') || isAboutOurOwn(error)
}

/** Waits, or ends with the signal. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })
}
