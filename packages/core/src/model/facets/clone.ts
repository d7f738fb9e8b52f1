import type { CloneMode, Placement } from '../provision.js'
import type { VmRef } from '../references.js'
import type { VmInfo } from '../vm.js'

export interface CloneOperations {
  /**
   * A new, stopped VM with the disks of this one, or by `instant` a running one with its memory too. With an idempotency key it is made once, as by `createVm`; ours is
   * recognised by its marker.
   */
  clone(input: {
    readonly ref: VmRef
    readonly name: string
    /**
     * Default `full`. `linked` shares the unchanged blocks; `instant` copies a running VM as it stands. UNSUPPORTED where
     * the capabilities (`create.cloneModes`) do not list it.
     */
    readonly mode?: CloneMode
    /** Id of the snapshot to clone; default: as the VM is now. */
    readonly snapshot?: string
    readonly placement?: Pick<Placement, 'host' | 'datastore' | 'resourcePool'>
  }): VmInfo
}
