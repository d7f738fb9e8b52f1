import type { Listing } from '../page.js'
import type { Reference, VmRef } from '../references.js'
import type { DeleteReport, VmInfo } from '../vm.js'

/** Where VMs are filed: a folder (vSphere), a pool (Proxmox, one level), a group (HMC, Hyper-V). */
export interface Folder {
  readonly id: string
  readonly name: string
  /** Id of the folder it lies in; absent at the top. */
  readonly parent?: string
}

export interface FolderReads {
  list(input: object): Listing<Folder>
}

export interface FolderOperations {
  /** ALREADY_EXISTS when one of that name lies there. UNSUPPORTED for a `parent` where there is one level only. */
  create(input: { readonly name: string; readonly parent?: Reference }): Folder
  /** Files the VM there and nowhere else. */
  move(input: { readonly ref: VmRef; readonly folder: Reference }): VmInfo
  /** FAILED_PRECONDITION while anything lies in it: no VM is ever removed with a folder. Gone already: success. */
  delete(input: { readonly folder: Reference }): DeleteReport
}
