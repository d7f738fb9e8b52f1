import type { SimulatorClock } from '@dcm/wire/loopback'
import type { AccessState } from './access/accounts.js'
import type { Permissions } from './access/permissions.js'
import type { TicketOffice } from './access/tickets.js'
import type { Timing } from './clock/timing.js'
import type { Cluster } from './cluster/cluster.js'
import type { TaskFaults } from './faults/task-faults.js'
import type { OperationFacts } from './schema/parameter-facts.js'
import type { Release, ReleaseTraits } from './schema/release.js'
import type { LockTable } from './tasks/locks.js'
import type { TaskBoard } from './tasks/task-board.js'

/** Everything that operations act on. */
export interface World {
  readonly release: Release
  readonly traits: ReleaseTraits
  readonly cluster: Cluster
  readonly clock: SimulatorClock
  /** Changes with the faults that change the pace. */
  timing: Timing
  readonly access: AccessState
  readonly permissions: Permissions
  readonly tickets: TicketOffice
  readonly tasks: TaskBoard
  readonly taskFaults: TaskFaults
  readonly locks: LockTable
  readonly facts: Readonly<Record<string, OperationFacts>>
  /** Whether a parameter exists in the simulated release. */
  readonly knowsParameter: (operation: string, parameter: string) => boolean
  /** Whether an operation exists in the simulated release. */
  readonly knowsOperation: (operation: string) => boolean
  /** The node whose daemon is being spoken to. */
  readonly contactNode: string
  /** PEM of the cluster's own authority. */
  readonly authorityPem: string
  readonly switches: Switches
  readonly consoles: Map<number, ConsoleOffer>
}

/** A console proxy that waits for its one connection. */
export interface ConsoleOffer {
  readonly vmid: number
  readonly ticket: string
  readonly accept: () => void
}

/** Faults that stay on until they are taken back. */
export interface Switches {
  /** Destroyed or failed guests leave their volumes behind; a count of guests. */
  leaveVolumes: number
  /** Errors carry no JSON `message`, as before pve-http-server 5.2.0. */
  jsonMessage: boolean
  /** The next requests answer and then end their connection, as when a worker retires. */
  retireConnections: number
  /** The ids that so many of the next clones and creations name are taken just before. */
  takeNextIds: number
  /** Every answer takes so much longer. */
  answerDelayMs: number
  /** Every bridge exists, also those that no node lists: for replaying recordings of other clusters. */
  lenientBridges: boolean
}
