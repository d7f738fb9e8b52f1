import type { VmRef } from '../references.js'
import type { VmInfo } from '../vm.js'

export interface SuspendOperations {
  /**
   * `disk`: the memory is saved and the VM uses no host memory (`suspended`). `memory`: it stands still in memory
   * (`paused`). `startVm` resumes both. UNSUPPORTED names the one that the platform lacks. Done already: success.
   */
  suspend(input: { readonly ref: VmRef; readonly to: 'disk' | 'memory' }): VmInfo
}

export interface ResetOperations {
  /** As the reset button: the guest is not asked, and the VM is never off. FAILED_PRECONDITION when it does not run. */
  reset(input: { readonly ref: VmRef }): VmInfo
}
