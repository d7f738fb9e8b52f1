import { HypervisorError } from '../errors/hypervisor-error.js'
import { withContext } from '../errors/with-context.js'
import { callsAreObserved, publishCall } from '../observe/channels.js'
import type { EventSource } from '../observe/events.js'
import type { CallOptions } from '../port.js'
import { err, ok, type Result } from '../result.js'
import { linkSignals } from './link-signals.js'

/** Runs the body of a port method: in time, abortable, observed, and with a result instead of a throw. */
export type Caller = <T>(
  method: string,
  options: CallOptions | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  /** May the remote have been changed by now? Asked when a call is given up or fails inexplicably. */
  mayHaveChanged?: () => boolean,
) => Promise<Result<T>>

export const defaultTimeoutMs = 60_000
/** What a timer can count to. */
const longestTimerMs = 2 ** 31 - 1

let callCount = 0

/**
 * `closing` ends calls under way with CANCELLED and refuses later ones with FAILED_PRECONDITION. A call that is aborted or
 * out of time ends at once, even if the adapter does not react.
 */
export function createCaller(source: EventSource, closing: AbortSignal): Caller {
  return async (method, options = {}, work, mayHaveChanged = () => false) => {
    assertCallOptions(options)
    const context = { endpoint: source.endpoint, operation: method }
    const observed = observe(source, method, options.actor)
    const result = closing.aborted
      ? err(closedError())
      : await within(options, closing, work, (thrown) => asError(thrown, method, mayHaveChanged()), mayHaveChanged)
    observed(result)
    return result.ok ? result : err(withContext(result.error, context))
  }
}

/** What a closed port answers. */
export function closedError(): HypervisorError {
  const message = 'the port is closed; connect again'
  return new HypervisorError('FAILED_PRECONDITION', message, { details: { reason: 'closed' } })
}

/** Anything thrown, as an error of ours. */
export function asError(thrown: unknown, method: string, mayHaveChanged: boolean): HypervisorError {
  if (HypervisorError.isInstance(thrown)) return thrown
  const message = `'${method}' failed in a way that nobody foresaw: please report it with the error's cause, which is not printed here`
  return new HypervisorError('INTERNAL', message, {
    outcome: mayHaveChanged ? 'unknown' : 'not-started',
    cause: thrown,
  })
}

async function within<T>(
  options: CallOptions,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  toError: (thrown: unknown) => HypervisorError,
  mayHaveChanged: () => boolean,
): Promise<Result<T>> {
  const fields = (): { readonly outcome: 'unknown' | 'not-started' } => ({
    outcome: mayHaveChanged() ? 'unknown' : 'not-started',
  })
  const linked = linkSignals([
    { signal: options.signal, reason: () => new HypervisorError('CANCELLED', 'the call was aborted', fields()) },
    { signal: closing, reason: () => new HypervisorError('CANCELLED', 'the port was closed meanwhile', fields()) },
  ])
  const { signal } = linked
  const timeoutMs = Math.min(options.timeoutMs ?? defaultTimeoutMs, longestTimerMs)
  const timer = setTimeout(() => {
    const message = `no answer within ${timeoutMs} ms; give timeoutMs more, or see whether the endpoint is busy`
    linked.abort(new HypervisorError('TIMEOUT', message, { ...fields(), details: { timeoutMs } }))
  }, timeoutMs)
  try {
    signal.throwIfAborted()
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    return ok(await Promise.race([work(signal), aborted]))
  } catch (thrown) {
    // Whatever the adapter makes of an abort, the caller is told why it was aborted.
    return err(toError(signal.aborted ? signal.reason : thrown))
  } finally {
    clearTimeout(timer)
    linked.release()
  }
}

function observe(source: EventSource, method: string, actor: string | undefined): (result: Result<unknown>) => void {
  if (!callsAreObserved()) return () => {}
  const start = performance.now()
  const facts = { ...source, call: ++callCount, method, ...(actor !== undefined && { actor }) }
  publishCall({ event: 'start', ...facts })
  return (result) => {
    const failure = result.ok ? {} : { code: result.error.code, outcome: result.error.outcome }
    publishCall({ event: 'end', ...facts, durationMs: performance.now() - start, ...failure })
  }
}

/** Wrong options are an error of the program, not of its input: they throw. */
function assertCallOptions(options: CallOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const { signal, timeoutMs, actor } = options
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError('options.signal must be an AbortSignal')
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0)) {
    throw new TypeError('options.timeoutMs must be a number of milliseconds above 0')
  }
  if (actor !== undefined && typeof actor !== 'string') throw new TypeError('options.actor must be a text')
}
