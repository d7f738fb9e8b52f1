import { createLimiter } from '../limits/create-limiter.js'
import { silentLogger } from '../observe/logger.js'
import type { AnyPlugin } from '../plugin.js'
import { asError } from '../port/caller.js'
import { createPort } from '../port/create-port.js'
import type { HypervisorPort } from '../port.js'
import { err, ok, type Result } from '../result.js'
import { defaultSecrets } from '../secrets/resolve-secret.js'
import { checkPlugins } from './check-plugins.js'
import { readConfig } from './read-config.js'
import type { Registry, RegistryOptions } from './registry.js'

/**
 * A registry of these plugins, typed from them. Throws FAILED_PRECONDITION when a plugin was written for another version
 * of the port, INVALID_ARGUMENT when two have one type.
 */
export function createRegistry<const Ps extends readonly AnyPlugin[]>(
  plugins: Ps,
  options: RegistryOptions = {},
): Registry<Ps[number]> {
  checkPlugins(plugins)
  const { tenant = 'default', secrets = defaultSecrets(), logger = silentLogger, audit, digestKey, limits } = options
  // Widths that no lane can have are an error of the program: found now and not at the first connection.
  createLimiter(limits)

  async function connect(given: unknown): Promise<HypervisorPort<Ps[number]>> {
    const { plugin, endpoint, config } = await readConfig<Ps[number]>(plugins, given)
    return createPort<Ps[number]>({
      plugin,
      adapter: plugin.connect(config, { endpoint, secrets, logger }),
      endpoint,
      tenant,
      limiter: createLimiter({ ...plugin.limits, ...limits }),
      secrets,
      logger,
      ...(audit && { audit }),
      ...(digestKey !== undefined && { digestKey }),
    })
  }

  async function connectUnknown(config: unknown): Promise<Result<HypervisorPort<Ps[number]>>> {
    try {
      return ok(await connect(config))
    } catch (thrown) {
      return err(asError(thrown, 'connect', false))
    }
  }

  return {
    plugins,
    // The plugin is found by the configuration's type, so the port is of that plugin.
    connect: connectUnknown as Registry<Ps[number]>['connect'],
    connectUnknown,
    async testConnection(config, callOptions) {
      const connected = await connectUnknown(config)
      if (!connected.ok) return connected
      try {
        return await connected.value.testConnection(callOptions)
      } finally {
        await connected.value.close()
      }
    },
  }
}
