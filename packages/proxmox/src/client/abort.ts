import { ProxmoxError } from './error.js'

/** Waits for shared work, which goes on when this caller no longer wants it. Throws `aborted` then. */
export function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortedError(signal))
    if (signal.aborted) {
      abort()
      work.catch(() => undefined)
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

export function abortedError(signal: AbortSignal, upid?: string): ProxmoxError {
  return new ProxmoxError({
    kind: 'aborted',
    message: upid === undefined ? 'aborted by the caller' : 'waiting was aborted by the caller; the task goes on',
    outcome: upid === undefined ? 'not-started' : 'unknown',
    retryable: false,
    upid,
    cause: signal.reason,
  })
}
