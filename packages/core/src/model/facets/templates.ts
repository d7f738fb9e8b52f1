import type { Reference, VmRef } from '../references.js'
import type { Template } from '../resources.js'
import type { DeleteReport, VmInfo } from '../vm.js'

export interface TemplateOperations {
  /** The VM becomes a template and is a VM no more. FAILED_PRECONDITION unless it is stopped. */
  fromVm(input: { readonly ref: VmRef }): Template
  /** And back. UNSUPPORTED where the platform's templates cannot be VMs again. */
  toVm(input: { readonly template: Reference }): VmInfo
  /** FAILED_PRECONDITION while linked clones need it. Gone already: success. */
  delete(input: { readonly template: Reference }): DeleteReport
}
