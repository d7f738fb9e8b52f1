export {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  type IssueOptions,
} from './certificate-authority.js'
export { ClockStopped, createClock, type SimulatorClock } from './clock.js'
export type { Fault, FaultAction, FaultMatch, FaultSwitches, PlacedFault } from './faults.js'
export { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from './loopback-server.js'
export type { LoopbackHandler, LoopbackReply, LoopbackRequest } from './messages.js'
export { createControlDoor, type Steered } from './process/control-door.js'
export type { SimulatorProcessOptions, SimulatorState } from './process/protocol.js'
export { runSimulatorProcess } from './process/run-process.js'
export {
  attachSimulatorProcess,
  type Running,
  type SimulatorProcess,
  startSimulatorProcess,
} from './process/start-process.js'
export type { TransportFault } from './process/transport-fault.js'
export type { LoggedRequest, RequestFilter, RequestLog } from './request-log.js'
