import type { Capabilities } from '../model/capabilities.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { VmInfo } from '../model/vm.js'
import type { HypervisorPort } from '../port.js'
import type { ConformanceHarness, ConnectRequest, FaultSwitches } from './harness.js'

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
  /** URL of the harness module, for checks that start another process. */
  readonly harnessUrl: string
  readonly manifest: readonly string[]
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
  need<K extends 'vms' | 'volumes' | 'counts' | 'resetCounts' | 'nativeStates' | 'attachment'>(
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
