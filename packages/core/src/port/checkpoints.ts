import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from '../operations/handle.js'
import type { OperationStore } from '../operations/store.js'
import type { MutationOptions } from '../port.js'

/** The caller's options with its checkpoint and store wrapped: what they throw is explained, and `seen` sees each handle. */
export function withCheckpoints<O extends MutationOptions>(options: O, seen: (handle: OperationHandle) => void): O {
  const { onCheckpoint, store, deadlineMs } = options
  if (onCheckpoint !== undefined && typeof onCheckpoint !== 'function') {
    throw new TypeError('options.onCheckpoint must be a function')
  }
  if (deadlineMs !== undefined && !(Number.isFinite(deadlineMs) && deadlineMs >= 0)) {
    throw new TypeError('options.deadlineMs must be a number of milliseconds')
  }
  return {
    ...options,
    async onCheckpoint(handle: OperationHandle) {
      seen(handle)
      try {
        await onCheckpoint?.(handle)
      } catch (thrown) {
        throw notStored('onCheckpoint', handle, thrown)
      }
    },
    ...(store && { store: guardedStore(store) }),
  }
}

/** Could the operation of this handle have changed something by now? */
export function mayHaveChanged(handle: OperationHandle | undefined): boolean {
  return handle !== undefined && (handle.cursor.stage !== 'ready' || handle.applied.length > 0)
}

function guardedStore(store: OperationStore): OperationStore {
  return {
    async load(id) {
      try {
        return await store.load(id)
      } catch (thrown) {
        throw notLoaded(thrown)
      }
    },
    async save(handle) {
      try {
        return await store.save(handle)
      } catch (thrown) {
        throw notStored('the operation store', handle, thrown)
      }
    },
  }
}

function notLoaded(cause: unknown): HypervisorError {
  if (HypervisorError.isInstance(cause)) return cause
  const message = 'the operation store could not load the handle, so nothing was done; mend it and resume again'
  return new HypervisorError('INTERNAL', message, { cause })
}

/** An intent that could not be stored was not sent; anything later stays as the checkpoint before says. */
function notStored(who: string, handle: OperationHandle, cause: unknown): HypervisorError {
  if (HypervisorError.isInstance(cause)) return cause
  const sent = handle.applied.length > 0 || handle.cursor.stage === 'accepted'
  const message = `${who} failed, so the operation stands where its checkpoint before says; mend it and resume that handle`
  return new HypervisorError('INTERNAL', message, { outcome: sent ? 'unknown' : 'not-started', cause })
}
