import { HypervisorError } from '../errors/hypervisor-error.js'
import { err, ok, type Result } from '../result.js'
import type { OperationHandle, OperationKind, OperationResults } from './handle.js'
import type { Advance, CancelAnswer, Operation, WaitOptions } from './operation.js'

/** What an operation object needs to run itself. */
export interface OperationDriver<K extends OperationKind> {
  /**
   * One bounded step, and the result once ended. Throws HypervisorError where it cannot go on; `keep` is told the
   * newest handle even then, so that what was sent before the failure is never forgotten and sent again.
   */
  advance(handle: OperationHandle<K>, signal: AbortSignal, keep: (handle: OperationHandle) => void): Promise<Advance<K>>
  /** Asks for the end of the remote work. */
  requestCancel(
    handle: OperationHandle<K>,
    signal: AbortSignal,
    keep: (handle: OperationHandle) => void,
  ): Promise<{ readonly handle: OperationHandle<K>; readonly answer?: CancelAnswer }>
}

/** An operation object: sugar over advancing a handle, one step at a time however many wait. */
export function runningOperation<K extends OperationKind>(
  first: OperationHandle<K>,
  driver: OperationDriver<K>,
): Operation<K> {
  let handle = first
  let queue: Promise<unknown> = Promise.resolve()

  /** Steps of one operation never overlap in this process. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work, work)
    queue = turn.catch(() => {})
    return turn
  }

  async function toTheEnd(limits: Limits, onProgress: WaitOptions['onProgress']): Promise<Advance<K>> {
    for (;;) {
      limits.check()
      const advance = await limits.race(inTurn(() => step(limits.signal)))
      onProgress?.(advance.progress)
      if (advance.status !== 'running') return advance
      await limits.sleep(advance.retryAfterMs ?? 0)
    }
  }

  function keep(newest: OperationHandle): void {
    // The driver only ever advances the handle it was given, whose kind is K.
    handle = newest as OperationHandle<K>
  }

  async function step(signal: AbortSignal): Promise<Advance<K>> {
    const advance = await driver.advance(handle, signal, keep)
    handle = advance.handle
    return advance
  }

  return {
    get id() {
      return handle.id
    },
    get kind() {
      return handle.kind
    },
    get handle() {
      return handle
    },
    get warnings() {
      return handle.warnings
    },
    async wait(options = {}): Promise<Result<OperationResults[K]>> {
      return within(options, async (limits) => {
        const advance = await toTheEnd(limits, options.onProgress)
        if (advance.error) throw HypervisorError.fromJSON(advance.error)
        // A succeeded advance carries its value: the driver read it.
        return advance.value as OperationResults[K]
      })
    },
    async cancel(options = {}): Promise<Result<CancelAnswer>> {
      return within(options, async (limits) => {
        const requested = await limits.race(inTurn(() => driver.requestCancel(handle, limits.signal, keep)))
        handle = requested.handle
        if (requested.answer) return requested.answer
        const advance = await toTheEnd(limits, options.onProgress)
        if (advance.status === 'succeeded') return 'too-late'
        // It failed by itself, or could not take everything back.
        if (advance.error && advance.error.code !== 'CANCELLED') throw HypervisorError.fromJSON(advance.error)
        return 'cancelled'
      })
    },
  }
}

interface Limits {
  readonly signal: AbortSignal
  check(): void
  race<T>(work: Promise<T>): Promise<T>
  sleep(ms: number): Promise<void>
}

/** Runs `work` within the signal and the time given; what it throws of ours becomes a result. */
async function within<T>(options: WaitOptions, work: (limits: Limits) => Promise<T>): Promise<Result<T>> {
  const controller = new AbortController()
  const abort = (reason: HypervisorError) => controller.abort(reason)
  const onAbort = () =>
    abort(new HypervisorError('CANCELLED', 'the wait was aborted; the remote work goes on', { outcome: 'unknown' }))
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const message = `not done within ${options.timeoutMs} ms; the remote work goes on: wait again or resume its handle`
          const details = { timeoutMs: options.timeoutMs ?? 0 }
          abort(new HypervisorError('TIMEOUT', message, { outcome: 'unknown', details }))
        }, options.timeoutMs)
  if (options.signal?.aborted) onAbort()
  else options.signal?.addEventListener('abort', onAbort, { once: true })
  const { signal } = controller
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => {})
  const limits: Limits = {
    signal,
    check: () => signal.throwIfAborted(),
    race: (promise) => Promise.race([promise, aborted]),
    sleep: (ms) => (ms <= 0 ? Promise.resolve() : sleep(ms, aborted)),
  }
  try {
    return ok(await work(limits))
  } catch (error) {
    if (signal.aborted && HypervisorError.isInstance(signal.reason)) return err(signal.reason)
    if (HypervisorError.isInstance(error)) return err(error)
    throw error
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

async function sleep(ms: number, aborted: Promise<never>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))), aborted])
  } finally {
    clearTimeout(timer)
  }
}
