import type { Capabilities } from '../model/capabilities.js'
import type { FacetName } from '../model/facets/facets.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { VmInfo } from '../model/vm.js'
import type { HypervisorPort } from '../port.js'
import type { ConformanceHarness, ConnectRequest, FaultSwitches } from './harness.js'
import type { ChildTask } from './main.js'
import type { ChildEnd } from './other-process.js'

/** One check of the kit. */
export interface Check {
  /** Its number for ever: titles, reports and allowed skips name it. */
  readonly number: number
  readonly group: CheckGroup
  readonly title: string
  /** Throws when the adapter fails it; throws `Skipped` when it cannot be run here. */
  run(context: CheckContext): Promise<void>
}

export type CheckGroup =
  | 'contract'
  | 'connection'
  | 'inventory'
  | 'get'
  | 'create'
  | 'power'
  | 'delete'
  | 'operations'
  | 'facets'
  | 'limits'

/** What a check works with. Everything it makes is removed after it. */
export interface CheckContext {
  readonly harness: ConformanceHarness
  /** Runs a task in a process of its own; skips the check where the harness cannot be loaded there. */
  inOtherProcess(work: ChildTask['work'], killAt?: number): Promise<ChildEnd>
  readonly manifest: readonly FacetName[]
  /** A port that lives as long as the check. */
  connect(request?: ConnectRequest): Promise<HypervisorPort>
  /** The capabilities of the endpoint. */
  capabilities(): Promise<Capabilities>
  /** A working specification with a fresh name. */
  spec(word: string, more?: Partial<VmProvisionSpec>): VmProvisionSpec
  /** Creates a VM and waits for it. */
  create(port: HypervisorPort, word: string, more?: Partial<VmProvisionSpec>): Promise<VmInfo>
  /** The mutations of one plain creation that is started, counted at the server; a bound where they cannot be counted. */
  mutationsOfCreate(): Promise<number>
  /** A switch of the server; skips the check when the harness lacks it. */
  fault<K extends keyof FaultSwitches>(name: K): NonNullable<FaultSwitches[K]>
  /** A part of the harness; skips the check when it is lacking. */
  need<K extends 'vms' | 'volumes' | 'counts' | 'resetCounts' | 'nativeStates'>(
    name: K,
  ): NonNullable<ConformanceHarness[K]>
}

/** Thrown by a check that cannot be run here: never a pass. */
export class Skipped extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`skipped: ${reason}`)
    this.reason = reason
  }
}

/** Ends the check as skipped unless `condition` holds. */
export function only(condition: boolean, reason: string): void {
  if (!condition) throw new Skipped(reason)
}

/** For a harness that cannot do what the kit asks of it: the check is then skipped with this reason. */
export function skipCheck(reason: string): never {
  throw new Skipped(reason)
}
