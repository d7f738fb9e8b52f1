import type { OperationInputs, Sealed, StepContext } from '@dcm/core'
import type { ProxmoxExtension } from '../extension.js'
import type { Draft } from '../map-description.js'
import type { StartState } from '../power/start-steps.js'
import type { LockState } from '../task-step.js'

/** What a creation keeps in its handle. */
export type CreateState = StartState &
  LockState & {
    /** Tells our VM from one that another run of the same key makes. */
    attempt: string
    /** The VM is there already and of our own attempt: another runner of this operation sent for it. */
    own: boolean
    /** The VM was there already, made by another run of the same key: nothing of it may be undone. */
    adopted: boolean
    /** Another run had even finished it: it is what its owner made of it since. */
    finished: boolean
    /** Which id of the key's order is tried next, or was taken. */
    probe: number
    /** Where the new VM shall live. */
    target: string
    sourceVmid: number
    sourceNode: string
    /** Disks that a full clone copies, for its progress. */
    copies: number
    /** Storage of a full clone's disks. */
    cloneStorage: string
    /** Storage of each disk of the specification, where it is a new one. */
    diskStorages: (string | null)[]
    /** Storages that may hold volumes of the new VM. */
    storages: string[]
    bridges: string[]
    pool: string
    /** Volume id of the installation image. */
    image: string
    /** Disks to grow: key and bytes. */
    grow: [string, number][]
    /** The cloud-init drive has to be written anew. */
    seed: boolean
    configTries: number
    /** Another VM of the same key, which goes first. */
    rival: number
    /** After the VM itself is gone: volumes that stayed. */
    leftVolumes: string[]
    vmGone: boolean
  }

export type CreateInput = OperationInputs['createVm']
export type CreateContext = StepContext<CreateInput, CreateState>
export type SealedSpec = Sealed<CreateInput>['spec']

/** Our part of the specification's extensions. */
export function extensionOf(spec: SealedSpec): ProxmoxExtension {
  // Core checked it with this plugin's own schema before anything began.
  return (spec.extensions as { readonly proxmox?: ProxmoxExtension } | undefined)?.proxmox ?? {}
}

/** What the description says of the VM while we make it. */
export function draftOf({ state }: Pick<CreateContext, 'state'>): Draft {
  if (state.attempt === undefined) throw new TypeError('the attempt is chosen by the first step')
  return { being: 'made', attempt: state.attempt }
}

/** The marker; every creation has one. */
export function markerOf(context: Pick<CreateContext, 'marker'>): NonNullable<CreateContext['marker']> {
  if (context.marker === undefined) throw new TypeError('a creation has a marker')
  return context.marker
}
