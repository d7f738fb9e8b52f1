import type { LaneWidths } from '../limits/create-limiter.js'
import type { ConnectionReport } from '../model/capabilities.js'
import type { AuditSink } from '../observe/events.js'
import type { DigestKey } from '../operations/seal.js'
import type { AnyPlugin, ConfigOf, Logger, PluginOfType } from '../plugin.js'
import type { CallOptions, HypervisorPort } from '../port.js'
import type { Result } from '../result.js'
import type { SecretResolver } from '../secrets/secret.js'

/** What the ports of a registry share. */
export interface RegistryOptions {
  /** Part of every audit event and of the name space of idempotency keys. Default `default`. */
  readonly tenant?: string
  /** Resolves secret references. Default: `env:` and `file:` of this process. */
  readonly secrets?: SecretResolver
  /** Default: silent. */
  readonly logger?: Logger
  /** Is told every change and every attempt at one. */
  readonly audit?: AuditSink
  /** How many calls an endpoint gets at once. Default: what its plugin says, else 8 reads and 4 mutations. */
  readonly limits?: LaneWidths
  /** For digests of inline secrets in handles, so that another value is noticed on resume. Default: no digests. */
  readonly digestKey?: DigestKey
}

/** The platforms that an application knows, and the way to their endpoints. */
export interface Registry<P extends AnyPlugin> {
  readonly plugins: readonly P[]
  /**
   * A port to one endpoint: `connect({ type: 'proxmox', endpoint: 'lab', ... })`. Does no I/O: the first call logs in.
   * INVALID_ARGUMENT with every problem of the configuration.
   */
  connect<const T extends P['type']>(
    config: ConfigOf<PluginOfType<P, T>> & { readonly type: T },
  ): Promise<Result<HypervisorPort<PluginOfType<P, T>>>>
  /** The same for a configuration whose type is not known at compile time, as one from a database. */
  connectUnknown(config: unknown): Promise<Result<HypervisorPort<P>>>
  /** Tries a configuration before anybody saves it: connects, tests, closes. */
  testConnection(config: unknown, options?: CallOptions): Promise<Result<ConnectionReport>>
}
