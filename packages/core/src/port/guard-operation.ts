import type { HypervisorError } from '../errors/hypervisor-error.js'
import { withContext } from '../errors/with-context.js'
import type { OperationKind } from '../operations/handle.js'
import type { Operation, WaitOptions } from '../operations/operation.js'
import { err, type Result } from '../result.js'
import { asError, closedError } from './caller.js'
import { linkSignals } from './link-signals.js'

/** The operation with its waits ended by the port's close, and its errors complete. */
export function guardOperation<K extends OperationKind>(
  operation: Operation<K>,
  endpoint: string,
  closing: AbortSignal,
): Operation<K> {
  async function guard<T>(
    options: WaitOptions,
    work: (options: WaitOptions) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (closing.aborted) return fail(closedError())
    const linked = linkSignals([
      { signal: options.signal, reason: () => options.signal?.reason },
      { signal: closing, reason: closedError },
    ])
    try {
      const result = await work({ ...options, signal: linked.signal })
      return result.ok ? result : fail(result.error)
    } catch (thrown) {
      return fail(asError(thrown, operation.kind, true))
    } finally {
      linked.release()
    }
  }

  function fail(error: HypervisorError): { readonly ok: false; readonly error: HypervisorError } {
    return err(withContext(error, { endpoint, operation: operation.kind }))
  }

  return {
    get id() {
      return operation.id
    },
    get kind() {
      return operation.kind
    },
    get handle() {
      return operation.handle
    },
    get warnings() {
      return operation.warnings
    },
    wait: (options = {}) => guard(options, (linked) => operation.wait(linked)),
    cancel: (options = {}) => guard(options, (linked) => operation.cancel(linked)),
  }
}
