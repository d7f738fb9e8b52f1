import type { VmRef } from '../references.js'
import type { DeleteReport, VmInfo } from '../vm.js'

/** A saved state of a VM. Names may repeat; ids do not. */
export interface Snapshot {
  /** The platform's id: a name where names are unique (Proxmox), a moref (vSphere), a GUID (Hyper-V). */
  readonly id: string
  readonly name: string
  readonly description?: string
  /** Id of the snapshot that it was taken on top of; absent at the root. */
  readonly parent?: string
  /** ISO time, where the platform tells it. */
  readonly createdAt?: string
  /** Holds the memory too, so that a revert goes on running where it was. */
  readonly memory: boolean
}

/** All snapshots of a VM. */
export interface SnapshotList {
  /** Parents before their children. `snapshotTree` nests them. */
  readonly snapshots: readonly Snapshot[]
  /** Id of the snapshot that the VM runs on top of now. */
  readonly current?: string
}

export interface SnapshotReads {
  list(input: { readonly ref: VmRef }): SnapshotList
}

export interface SnapshotOperations {
  /** A snapshot of that name may be there already: it gets another id, or ALREADY_EXISTS where the name is the id. */
  create(input: {
    readonly ref: VmRef
    readonly name: string
    readonly description?: string
    /** Save the memory of a running VM too. Default false. UNSUPPORTED where the platform cannot. */
    readonly memory?: boolean
    /** Ask the guest to write its caches out first. Default false. FAILED_PRECONDITION without an agent. */
    readonly quiesce?: boolean
  }): Snapshot
  /**
   * Goes back to a snapshot; what was written since is lost. The VM runs afterwards only if the snapshot holds memory.
   * FAILED_PRECONDITION for a running VM where the platform demands a stopped one.
   */
  revert(input: { readonly ref: VmRef; readonly snapshot: string }): VmInfo
  /**
   * Children stay, and get the parent of the one that went, unless `children` is true. One that is gone already is
   * success: the report is empty.
   */
  delete(input: { readonly ref: VmRef; readonly snapshot: string; readonly children?: boolean }): DeleteReport
}

/** A snapshot with those that were taken on top of it. */
export interface SnapshotNode extends Snapshot {
  readonly children: readonly SnapshotNode[]
}

/** Nests a list of snapshots. One whose parent is not in the list is a root. */
export function snapshotTree({ snapshots }: Pick<SnapshotList, 'snapshots'>): readonly SnapshotNode[] {
  const ids = new Set(snapshots.map(({ id }) => id))
  const childrenOf = (id: string | undefined): readonly SnapshotNode[] =>
    snapshots
      .filter(({ parent }) => (parent !== undefined && ids.has(parent) ? parent : undefined) === id)
      .map((snapshot) => ({ ...snapshot, children: childrenOf(snapshot.id) }))
  return childrenOf(undefined)
}
