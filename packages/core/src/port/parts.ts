import type { HypervisorAdapter } from '../adapter.js'
import type { Limiter } from '../limits/limiter.js'
import type { AuditEvent, AuditSink, EventSource } from '../observe/events.js'
import type { DigestKey } from '../operations/seal.js'
import type { AnyPlugin, Logger } from '../plugin.js'
import type { SecretResolver } from '../secrets/secret.js'
import type { Caller } from './caller.js'

/** What a port is made of. */
export interface PortParts<P extends AnyPlugin> {
  readonly plugin: P
  readonly adapter: HypervisorAdapter
  readonly endpoint: string
  readonly tenant: string
  readonly limiter: Limiter
  readonly secrets: SecretResolver
  readonly logger: Logger
  readonly audit?: AuditSink
  readonly digestKey?: DigestKey
}

/** What the groups of methods share. */
export interface PortBase<P extends AnyPlugin> extends PortParts<P> {
  readonly source: EventSource
  readonly call: Caller
  readonly publish: (event: AuditEvent) => void
  /** Aborted when the port is closed. */
  readonly closing: AbortSignal
}
