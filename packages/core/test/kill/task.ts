import type { DeleteOptions, OperationHandle, VmProvisionSpec, VmRef } from '@dcm/core'

/** What a child process is to do, as JSON in its only argument. */
export interface ChildTask {
  readonly url: string
  readonly token: string
  readonly work:
    | { readonly do: 'create'; readonly spec: VmProvisionSpec; readonly key: string }
    | { readonly do: 'delete'; readonly ref: VmRef; readonly options: DeleteOptions }
    | { readonly do: 'resume'; readonly handle: OperationHandle }
  /** Where the newest handle is stored. */
  readonly handleFile: string
  /** Dies after storing this checkpoint, counted from 1. */
  readonly dieAt?: number
}

/** What a child prints when it lives to its end. */
export interface ChildResult {
  readonly checkpoints: number
  readonly ok: boolean
  readonly id?: string
  readonly code?: string
}
