import type { HypervisorAdapter } from './adapter.js'
import type { LaneWidths } from './limits/create-limiter.js'
import type { FacetName } from './model/facets/facets.js'
import type { StandardSchema } from './schema/standard-schema.js'
import type { SecretResolver } from './secrets/secret.js'

/** Version of the contract between core and plugins. */
export const portVersion = 1

/** Receives what the library has to say; silent by default. */
export interface Logger {
  debug(message: string, facts?: object): void
  info(message: string, facts?: object): void
  warn(message: string, facts?: object): void
  error(message: string, facts?: object): void
}

/** What a plugin gets to connect with, beside its own configuration. */
export interface ConnectContext {
  /** Name of the endpoint: goes into every VmRef and error. */
  readonly endpoint: string
  readonly secrets: SecretResolver
  readonly logger: Logger
}

/** A platform, as `createRegistry` takes it. */
export interface HypervisorPlugin<
  T extends string,
  Config extends object,
  Extensions extends object,
  Native,
  F extends FacetName,
> {
  /** The word that stands in configurations: `proxmox`. */
  readonly type: T
  readonly displayName: string
  /** The `portVersion` of the core it was written for. */
  readonly portVersion: number
  /** Name and version of the package, for error messages. */
  readonly packageName: string
  readonly packageVersion: string
  /** The facets it can offer at most. */
  readonly facets: readonly F[]
  readonly configSchema: StandardSchema<Config>
  /** Secrets in it are `SecretInput`s, so that they stay out of handles and audit events. */
  readonly extensionSchema: StandardSchema<Extensions>
  /** How many calls an endpoint of this platform takes at once. Default: 8 reads, 4 mutations, 1,024 polls. */
  readonly limits?: LaneWidths
  /** Does no I/O: the first call logs in. Method syntax, so that every plugin is an AnyPlugin. */
  connect(config: Config, context: ConnectContext): HypervisorAdapter<Native, F>
}

export type AnyPlugin = HypervisorPlugin<string, object, object, unknown, FacetName>

type OutputOf<S> = S extends StandardSchema<infer Output> ? Output : never

/** The plugin of that type, out of a union of plugins. */
export type PluginOfType<P extends AnyPlugin, T> = Extract<P, { readonly type: T }>

/** The configuration a plugin takes, with the endpoint's name and the plugin's type. */
export type ConfigOf<P extends AnyPlugin> = P extends AnyPlugin
  ? OutputOf<P['configSchema']> & { readonly type: P['type']; readonly endpoint: string }
  : never

/** The vendor client of a plugin. */
export type NativeOf<P extends AnyPlugin> = ReturnType<P['connect']>['native']

/** The per-platform options that a specification may carry, by plugin type. */
export type ExtensionsOf<P extends AnyPlugin> = { readonly [Q in P as Q['type']]?: OutputOf<Q['extensionSchema']> }

/** Checks a plugin's types where it is written, keeping its literals. */
export function definePlugin<
  const T extends string,
  Config extends object,
  Extensions extends object,
  Native,
  const F extends FacetName = never,
>(plugin: HypervisorPlugin<T, Config, Extensions, Native, F>): HypervisorPlugin<T, Config, Extensions, Native, F> {
  return plugin
}
