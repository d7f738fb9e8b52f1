export type { WireConnectEvent, WireRequestEvent, WireRetryEvent } from './http/events.js'
export { normalizeFingerprint } from './http/fingerprint.js'
export {
  readServerCertificate,
  type ServerCertificate,
  type ServerCertificateOptions,
} from './http/server-certificate.js'
export { createTransport } from './http/transport.js'
export type {
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
  TransportStats,
} from './http/transport-types.js'
export { WireError, type WireErrorFields, type WireErrorKind, type WireOutcome } from './http/wire-error.js'
