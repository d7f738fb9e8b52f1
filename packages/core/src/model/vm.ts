import type { PageQuery, ResourceQuery } from './page.js'
import type { VmRef } from './references.js'

/** The same seven words on every platform. An unknown native value is `unknown`, never `stopped`. */
export type PowerState = 'running' | 'stopped' | 'paused' | 'suspended' | 'transitioning' | 'error' | 'unknown'

/** What is going on while the state is `transitioning`, or beside it. */
export type Transition =
  | 'provisioning'
  | 'starting'
  | 'stopping'
  | 'suspending'
  | 'resuming'
  | 'migrating'
  | 'snapshotting'
  | 'deleting'

/** What a list tells of a VM. */
export interface VmSummary {
  readonly ref: VmRef
  /** Absent while the platform does not know it yet, as just after creation. */
  readonly name?: string
  readonly powerState: PowerState
  readonly transition?: Transition
  /** The platform's lock on the VM, in its own word: changes are refused until it is gone. */
  readonly locked?: string
  /** The platform's own state words, for logs. */
  readonly rawState: string
  /** Id of the host it is on. */
  readonly host?: string
  /** Virtual processors. */
  readonly cpus?: number
  readonly memoryBytes?: number
  readonly tags: readonly string[]
  /** Id of the resource pool. */
  readonly resourcePool?: string
  readonly uptimeSeconds?: number
}

export interface VmDisk {
  /** The platform's key of the disk: `scsi0`, a device key, a controller address. */
  readonly key: string
  readonly capacityBytes?: number
  /** Id of the datastore it lies on. */
  readonly datastore?: string
  /** The platform's path or volume id. */
  readonly path?: string
}

export interface VmNic {
  readonly key: string
  readonly macAddress?: string
  /** Id of the network. */
  readonly network?: string
  readonly vlanId?: number
  readonly connected: boolean
  readonly model?: string
}

/** A verb of the port, as `allowedActions` names it. */
export type VmAction = 'start' | 'stop' | 'restart' | 'delete' | 'reconfigure' | 'snapshot' | 'migrate'

/** May this be done to this VM now, and if not, why? */
export type ActionVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** Everything the port knows of one VM, read live. */
export interface VmInfo extends VmSummary {
  readonly name: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly description?: string
  readonly disks: readonly VmDisk[]
  readonly nics: readonly VmNic[]
  readonly firmware: 'bios' | 'uefi' | 'other'
  /** The platform's word for the guest's operating system. */
  readonly guestOs?: string
  /** ISO time. */
  readonly createdAt?: string
  /** Key of the idempotent creation that made it, if this SDK did. */
  readonly createdBy?: { readonly key: string; readonly specHash: string }
  readonly allowedActions: { readonly [A in VmAction]: ActionVerdict }
  readonly observedAt: string
}

/** Which VMs to list. Templates are never among them. */
export interface VmQuery extends PageQuery, Pick<ResourceQuery, 'within'> {
  /** Exactly this name. */
  readonly name?: string
  readonly powerState?: PowerState | readonly PowerState[]
  /** VMs that carry all of these. */
  readonly tags?: readonly string[]
}

export interface StopOptions {
  /**
   * `graceful` asks the guest and fails with TIMEOUT if it does not stop in time (it then still runs); `hard` pulls the
   * plug; `graceful-then-hard` asks, waits, then pulls. Default `graceful`.
   */
  readonly mode?: 'graceful' | 'hard' | 'graceful-then-hard'
  /** How long the guest may take, in milliseconds. Default 120,000. */
  readonly graceMs?: number
  /** Stopping a suspended VM throws its saved memory away: say so. Default false. */
  readonly discardSavedState?: boolean
}

export interface RestartOptions {
  /** `graceful` (default) asks the guest; `hard` resets. */
  readonly mode?: 'graceful' | 'hard'
  /** How long the guest may take, in milliseconds. Default 120,000. */
  readonly graceMs?: number
}

export interface DeleteOptions {
  /** `keep` only where the capabilities have `keepDisks`. Default `delete`. */
  readonly disks?: 'delete' | 'keep'
  /** Stop a running VM first. Default false: a running VM is refused. */
  readonly force?: boolean
}

export interface DeleteReport {
  /** Native ids of what is gone (VM, volumes). Empty when the VM was absent already. */
  readonly removed: readonly string[]
  /** Native ids of what could not be, or should not be, removed. */
  readonly left: readonly string[]
}
