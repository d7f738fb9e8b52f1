import type { Endpoint } from '../endpoint.js'

/** What the quickstart knows of one hypervisor beside its plugin. */
export interface Platform {
  /** The plugin's type, and what follows `npm start --`. */
  readonly type: string
  /** A real endpoint by the platform's variables; undefined when they are not set. */
  fromEnvironment(environment: NodeJS.ProcessEnv): Endpoint | undefined
  /**
   * The built-in simulator as a process of its own, so that it lives on when this one is killed, as a hypervisor would.
   * One that an earlier run left is found by its state file in `folder`; left alone, it ends by itself after ten minutes.
   */
  simulate(folder: string): Promise<SimulatedEndpoint>
}

export interface SimulatedEndpoint extends Endpoint {
  close(): Promise<void>
}

/** How long a simulator that nobody asks anything waits before it ends, in milliseconds. */
export const idleExitMs = 600_000
