import type { NicSpec } from '../provision.js'
import type { Reference, VmRef } from '../references.js'
import type { DeleteReport, VmNic } from '../vm.js'

export interface NicOperations {
  add(input: { readonly ref: VmRef; readonly nic: Pick<NicSpec, 'network' | 'vlanId' | 'macAddress'> }): VmNic
  /** What is absent stays. `vlanId: 0` takes the tag off. The MAC address is kept. */
  change(input: {
    readonly ref: VmRef
    readonly key: string
    readonly network?: Reference
    readonly vlanId?: number
    /** Is the cable plugged in? */
    readonly connected?: boolean
  }): VmNic
  /** One that is not there is success. */
  remove(input: { readonly ref: VmRef; readonly key: string }): DeleteReport
}
