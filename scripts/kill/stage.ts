import type { VmProvisionSpec } from '@dcm/core'
import type { Address } from './task.js'

/** A VM as the platform itself holds it. */
export interface Machine {
  readonly id: string
  readonly name: string
  readonly running: boolean
  readonly cpus: number
  /** How often it was started. */
  readonly boots: number
  readonly diskBytes: readonly number[]
  /** Whom the guest was told to make. */
  readonly user: string | undefined
}

/** What the platform counts, past all clients, since the last `clear`. */
export interface Counts {
  /** Calls that make a VM, carried out or not. */
  readonly creations: number
  readonly removals: number
  /** Calls that change anything. */
  readonly changes: number
}

/** A platform that lives on while the processes that use it are killed. */
export interface Stage {
  readonly address: Address
  /** What scenarios create. */
  readonly spec: VmProvisionSpec
  /** A small VM from nothing, that runs. */
  readonly smallSpec: (name: string) => VmProvisionSpec
  machines(): Promise<readonly Machine[]>
  /** Volumes that belong to no VM. */
  strayVolumes(): Promise<readonly string[]>
  counts(): Promise<Counts>
  /** Every start fails from now on. */
  failStarts(): Promise<void>
  /** The next removal is refused. */
  refuseRemoval(): Promise<void>
  /**
   * The change after so many others is carried out and never answered. The function it returns waits until that has
   * happened.
   */
  holdAnswer(after: number): Promise<() => Promise<void>>
  /** Takes back the faults, and starts to count anew. */
  clear(): Promise<void>
  /** An empty platform, for the next run. */
  reset(): Promise<void>
  close(): Promise<void>
}
