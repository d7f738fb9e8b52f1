import type { VmRef } from '../references.js'
import type { VmInfo } from '../vm.js'

/** What is to be changed; what is absent stays. */
export interface VmChanges {
  readonly ref: VmRef
  readonly name?: string
  /** An empty text removes it. */
  readonly description?: string
  /** Virtual processors. */
  readonly cpus?: number
  readonly memoryBytes?: number
}

/** What a change would take. */
export interface ChangePreview {
  /** Empty when it can be done as the VM is now. Else it has to be stopped first, because of these fields. */
  readonly needsPowerOff: readonly ('cpus' | 'memoryBytes' | 'name' | 'description')[]
}

export interface ReconfigureReads {
  /** Can it be done while the VM runs? Hot-plugging is a property of each VM, not of the endpoint. Changes nothing. */
  preview(input: VmChanges): ChangePreview
}

export interface ReconfigureOperations {
  /** FAILED_PRECONDITION `needs-power-off` before anything is written when the preview says so: no VM is stopped for it. */
  apply(input: VmChanges): VmInfo
}
