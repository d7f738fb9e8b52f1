export type { TransportFault } from '@dcm/wire/loopback'
export type { Timing } from './clock/timing.js'
export type { SimulatorFaults } from './faults/fault-switches.js'
export type { PlatformFault } from './faults/platform-faults.js'
export type { NativeState, NativeTask, NativeVm, NativeVolume } from './native-state.js'
export type { ProxmoxSimulatorOptions, SimulatorAddress, SimulatorCredentials } from './options.js'
export {
  attachProxmoxSimulatorProcess,
  type ProxmoxSimulatorProcess,
  type ProxmoxSimulatorProcessOptions,
  startProxmoxSimulatorProcess,
} from './process.js'
export type { Release } from './schema/release.js'
export type {
  SeedAcl,
  SeedBridge,
  SeedGuest,
  SeedOptions,
  SeedStorage,
  SeedToken,
  SeedUser,
} from './seed/seed-options.js'
export { type ProxmoxSimulator, startProxmoxSimulator } from './start.js'
