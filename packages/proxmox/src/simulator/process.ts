import { createRequire } from 'node:module'
import {
  attachSimulatorProcess,
  type SimulatorProcess,
  type SimulatorProcessOptions,
  type SimulatorState,
  startSimulatorProcess,
} from '@dcm/wire/loopback'
import type { PlatformFault } from './faults/platform-faults.js'
import type { NativeState } from './native-state.js'
import type { ProxmoxSimulatorOptions, SimulatorAddress } from './options.js'

export interface ProxmoxSimulatorProcessOptions extends ProxmoxSimulatorOptions, SimulatorProcessOptions {}

/** A simulator in a process of its own, steered over its control door. */
export interface ProxmoxSimulatorProcess extends SimulatorAddress, SimulatorProcess<NativeState, PlatformFault> {}

type State = SimulatorState & SimulatorAddress

/** Starts the simulator as its own process. Works from the built package. */
export function startProxmoxSimulatorProcess(
  options: ProxmoxSimulatorProcessOptions = {},
): Promise<ProxmoxSimulatorProcess> {
  const entry = createRequire(import.meta.url).resolve('@dcm/proxmox/simulator/main')
  return startSimulatorProcess<State, NativeState, PlatformFault>(entry, options)
}

/** Finds a simulator that an earlier process left running; undefined when the file is missing or nobody answers. */
export function attachProxmoxSimulatorProcess(stateFile: string): Promise<ProxmoxSimulatorProcess | undefined> {
  return attachSimulatorProcess<State, NativeState, PlatformFault>(stateFile)
}
