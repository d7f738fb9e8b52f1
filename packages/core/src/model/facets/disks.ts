import type { DiskSpec } from '../provision.js'
import type { VmRef } from '../references.js'
import type { DeleteReport, VmDisk } from '../vm.js'

export interface DiskOperations {
  /** Adds a new disk (`sizeBytes`), or one that lies there unused (`path`, as `VmDisk` and `DeleteReport` name it). */
  attach(input: { readonly ref: VmRef; readonly disk: DiskSpec | { readonly path: string } }): VmDisk
  /** To this size in bytes. A smaller one is INVALID_ARGUMENT: no platform shrinks a disk without loss. The same: done. */
  grow(input: { readonly ref: VmRef; readonly key: string; readonly sizeBytes: number }): VmDisk
  /** The volume stays, named in `left`, unless `delete` is true. A disk that is not there is success. */
  detach(input: { readonly ref: VmRef; readonly key: string; readonly delete?: boolean }): DeleteReport
}
