import type { DeleteOptions, OperationHandle, VmProvisionSpec, VmRef } from '@dcm/core'

/** How a process reaches the platform, which lives in another one. */
export type Address =
  | { readonly platform: 'memory'; readonly url: string; readonly token: string }
  | {
      readonly platform: 'proxmox'
      readonly url: string
      readonly fingerprint256: string
      readonly tokenId: string
      readonly tokenSecret: string
    }

/** What a process does. */
export type Work =
  | { readonly do: 'create'; readonly spec: VmProvisionSpec; readonly key: string }
  | { readonly do: 'delete'; readonly ref: VmRef; readonly options: DeleteOptions }
  | { readonly do: 'resume'; readonly handle: OperationHandle }

/** What a child process is to do, as JSON in its only argument. */
export interface ChildTask {
  readonly address: Address
  readonly work: Work
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
