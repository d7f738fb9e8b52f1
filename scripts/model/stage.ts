import type { HypervisorPort, VmProvisionSpec } from '@dcm/core'

/** What a creation asks for; of two wishes under one key the second is another specification. */
export interface Wish {
  readonly name: string
  readonly cpus: number
  readonly powerOn: boolean
}

/** A VM as the platform itself counts it, past all clients. */
export interface NativeMachine {
  readonly id: string
  /** Different for every VM that ever had the id. */
  readonly incarnation: string
  readonly name: string
  readonly cpus: number
  readonly running: boolean
  /** Key of the marker that our creations stamp; undefined for everybody else's. */
  readonly key?: string
}

export const mishaps = [
  'lose-answer',
  'lose-request',
  'lose-read',
  'refuse',
  'fail-task',
  'forget-task',
  'take-id',
  'expire-session',
] as const

/** What goes wrong with a call to come. */
export type Mishap = (typeof mishaps)[number]

/** A platform that stories are played on: its own time, mishaps, and a count that no client can influence. */
export interface Stage {
  /** A port as another process would have it. */
  connect(): Promise<HypervisorPort>
  spec(wish: Wish): VmProvisionSpec
  /** Strikes at the call after so many others of its sort. */
  mishap(what: Mishap, after: number): void
  /** Takes back all mishaps that have not struck. */
  heal(): void
  /** Moves the platform's time; takes a little real time where clients look at their own clock. */
  pass(ms: number): void | Promise<void>
  /** VMs, templates left out. */
  machines(): readonly NativeMachine[]
  /** Volumes that belong to no VM. */
  strayVolumes(): readonly string[]
  /** How many changes the platform has carried out so far. */
  changes(): number
  /** A call that was sent goes on while nobody advances its operation, so nobody can tell whose changes are counted. */
  readonly worksOnItsOwn?: boolean
  /** Somebody removes the VM and puts one of his own under its id; false where the platform lets nobody do that now. */
  replace(id: string): boolean | Promise<boolean>
  close(): Promise<void>
}
