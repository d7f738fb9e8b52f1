/** What a simulator process tells of itself: the line it prints when it is ready, and its state file. */
export interface SimulatorState {
  readonly pid: number
  /** `https://127.0.0.1:port`. */
  readonly url: string
  readonly port: number
  /** PEM of the authority that signed the certificate. */
  readonly ca: string
  readonly fingerprint256: string
  /** Opens the control door. */
  readonly controlToken: string
}

/** How a simulator lives as a process of its own; all of it is JSON. */
export interface SimulatorProcessOptions {
  /** The process writes how to reach it there (secrets included, readable by its owner alone), so that it is found again. */
  readonly stateFile?: string
  /** The process ends by itself when nobody asked anything for so long; default 10 minutes. */
  readonly idleExitMs?: number
  /** The process outlives this one; default false. */
  readonly detached?: boolean
}

/** Carries the options to the process: the environment is not visible to other users, arguments are. */
export const optionsVariable = 'DCM_SIMULATOR_OPTIONS'

/** Paths by which a simulator itself is steered. */
export const controlPrefix = '/simulator-control/'

export const controlHeader = 'x-simulator-control'
