import { createRequire } from 'node:module'
import {
  attachSimulatorProcess,
  type Running,
  type SimulatorProcess,
  type SimulatorProcessOptions,
  type SimulatorState,
  startSimulatorProcess,
} from '@dcm/wire/loopback'
import { createRemoteFaults, type RemoteFault, type RemoteFaults } from './faults/remote-faults.js'
import type { NativeState } from './native-state.js'
import type { SimulatorAddress, VsphereSimulatorOptions } from './options.js'

export interface VsphereSimulatorProcessOptions extends VsphereSimulatorOptions, SimulatorProcessOptions {}

/** A simulator in a process of its own, steered over its control door. */
export interface VsphereSimulatorProcess
  extends SimulatorAddress,
    Omit<SimulatorProcess<NativeState, RemoteFault, unknown>, 'fault'> {
  /** Those of the platform; the transport has `transportFault`, and `clearFaults` takes all of them back. */
  readonly faults: RemoteFaults
}

type State = SimulatorState & SimulatorAddress

/** Starts the simulator as its own process. Works from the built package. */
export async function startVsphereSimulatorProcess(
  options: VsphereSimulatorProcessOptions = {},
): Promise<VsphereSimulatorProcess> {
  const entry = createRequire(import.meta.url).resolve('@dcm/vsphere/simulator/main')
  return withFaults(await startSimulatorProcess<State, NativeState, RemoteFault, unknown>(entry, options))
}

/** Finds a simulator that an earlier process left running; undefined when the file is missing or nobody answers. */
export async function attachVsphereSimulatorProcess(stateFile: string): Promise<VsphereSimulatorProcess | undefined> {
  const running = await attachSimulatorProcess<State, NativeState, RemoteFault, unknown>(stateFile)
  return running && withFaults(running)
}

function withFaults({ fault, ...running }: Running<State, NativeState, RemoteFault, unknown>): VsphereSimulatorProcess {
  return { ...running, faults: createRemoteFaults(fault) }
}
