import type { OperationHandle } from './handle.js'

/**
 * Keeps handles so that two processes never run one operation at once. `save` compares and sets: it stores `handle`
 * only if the stored revision is `handle.revision - 1` (or nothing is stored and the revision is 1).
 */
export interface OperationStore {
  load(id: string): Promise<OperationHandle | undefined>
  /** False when somebody else was faster. */
  save(handle: OperationHandle): Promise<boolean>
}

/** A store in memory, for tests and single processes. */
export function memoryOperationStore(): OperationStore {
  const handles = new Map<string, string>()
  return {
    async load(id) {
      const text = handles.get(id)
      return text === undefined ? undefined : (JSON.parse(text) as OperationHandle)
    },
    async save(handle) {
      const stored = handles.get(handle.id)
      const revision = stored === undefined ? 0 : (JSON.parse(stored) as OperationHandle).revision
      if (revision !== handle.revision - 1) return false
      handles.set(handle.id, JSON.stringify(handle))
      return true
    },
  }
}
