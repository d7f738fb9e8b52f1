import { createLimiter } from '../limits/create-limiter.js'
import type { AnyPlugin, Logger } from '../plugin.js'
import { asError } from '../port/caller.js'
import { createPort } from '../port/create-port.js'
import { guardAdapter } from '../port/guard-adapter.js'
import type { HypervisorPort } from '../port.js'
import { err, ok, type Result } from '../result.js'
import type { SecretResolver } from '../secrets/secret.js'
import { readConfig } from './read-config.js'
import type { RegistryOptions } from './registry.js'

/** What the ports of a registry share, with the defaults filled in that are not the port's own. */
export type SharedParts = RegistryOptions & { readonly secrets: SecretResolver; readonly logger: Logger }

/** A port, and the vendor client behind it. */
export interface OpenedPort<P extends AnyPlugin> {
  readonly port: HypervisorPort<P>
  readonly native: unknown
}

/** The port that a configuration describes. Does no I/O. */
export async function openPort<P extends AnyPlugin>(
  plugins: readonly P[],
  given: unknown,
  shared: SharedParts,
): Promise<Result<OpenedPort<P>>> {
  const { tenant = 'default', secrets, logger, audit, digestKey, limits } = shared
  try {
    const { plugin, endpoint, config } = await readConfig(plugins, given)
    const adapter = plugin.connect(config, { endpoint, secrets, logger })
    const port = createPort<P>({
      plugin,
      adapter: guardAdapter(adapter),
      endpoint,
      tenant,
      limiter: createLimiter({ ...plugin.limits, ...limits }),
      secrets,
      logger,
      ...(audit && { audit }),
      ...(digestKey !== undefined && { digestKey }),
    })
    return ok({ port, native: adapter.native })
  } catch (thrown) {
    return err(asError(thrown, 'connect', false))
  }
}
