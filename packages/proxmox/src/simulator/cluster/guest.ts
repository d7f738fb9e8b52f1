/** What runs inside a guest, as far as the platform can notice it. */
export interface Guest {
  /** Without one, nothing reacts to the power button. */
  readonly hasSystem: boolean
  readonly hasAgent: boolean
  /** The system ignores requests to shut down. */
  ignoresShutdown: boolean
  /** The agent does not answer though it should. */
  agentSilent: boolean
  /** The agent answers although nothing installed one. */
  agentForced: boolean
  /** How often it booted since the simulator knows it; no API tells that. */
  boots: number
  /** Commands run through the agent, by process id. */
  readonly processes: Map<number, GuestProcess>
}

export interface GuestProcess {
  readonly command: readonly string[]
  readonly exitCode: number
  readonly output: string
}

export function createGuest(system: { readonly hasSystem: boolean; readonly hasAgent: boolean }): Guest {
  return {
    hasSystem: system.hasSystem,
    hasAgent: system.hasAgent,
    ignoresShutdown: false,
    agentSilent: false,
    agentForced: false,
    boots: 0,
    processes: new Map(),
  }
}
