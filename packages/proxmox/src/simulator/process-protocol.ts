import type { SimulatorAddress } from './options.js'

/** Environment variable that carries the options of a simulator process as JSON. */
export const OPTIONS_VARIABLE = 'DCM_PROXMOX_SIMULATOR'

/** The line a simulator process prints when it is ready, and its state file. */
export interface SimulatorStateFile extends SimulatorAddress {
  readonly pid: number
  readonly controlToken: string
}
