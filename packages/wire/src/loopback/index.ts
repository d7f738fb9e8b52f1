export {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  type IssueOptions,
} from './certificate-authority.js'
export type { Fault, FaultAction, FaultMatch, FaultSwitches, PlacedFault } from './faults.js'
export { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from './loopback-server.js'
export type { LoopbackHandler, LoopbackReply, LoopbackRequest } from './messages.js'
export type { LoggedRequest, RequestFilter, RequestLog } from './request-log.js'
