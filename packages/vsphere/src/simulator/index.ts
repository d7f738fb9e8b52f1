export type { CallFaultOptions, GuestCard, StateWords, VsphereSimulatorFaults } from './faults/platform-faults.js'
export type { RemoteFaults } from './faults/remote-faults.js'
export type { NativeSession, NativeState, NativeTask, NativeVm } from './native-state.js'
export type { SeedOptions, SimulatorAddress, Timing, VsphereSimulatorOptions } from './options.js'
export {
  attachVsphereSimulatorProcess,
  startVsphereSimulatorProcess,
  type VsphereSimulatorProcess,
  type VsphereSimulatorProcessOptions,
} from './process.js'
export { callPath, startVsphereSimulator, type VsphereSimulator } from './start.js'
