import { createLimiter } from '../limits/create-limiter.js'
import { silentLogger } from '../observe/logger.js'
import type { AnyPlugin } from '../plugin.js'
import { rememberNative } from '../port/native-of.js'
import type { HypervisorPort } from '../port.js'
import { ok, type Result } from '../result.js'
import { defaultSecrets } from '../secrets/resolve-secret.js'
import { checkPlugins } from './check-plugins.js'
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
  // Widths that no lane can have are an error of the program: found now and not at the first connection.
  createLimiter(options.limits)
  const shared = { ...options, secrets: options.secrets ?? defaultSecrets(), logger: options.logger ?? silentLogger }

  // Loaded by the first connection: who imports core only to declare things waits for nothing else.
  async function connect(config: unknown): Promise<Result<HypervisorPort<Ps[number]>>> {
    const { openPort } = await import('./open-port.js')
    const opened = await openPort<Ps[number]>(plugins, config, shared)
    if (!opened.ok) return opened
    const { port, native } = opened.value
    rememberNative(port, native)
    return ok(port)
  }

  return {
    plugins,
    // The plugin is found by the configuration's type, so the port is of that plugin.
    connect: connect as Registry<Ps[number]>['connect'],
    connectUnknown: connect,
    async testConnection(config, callOptions) {
      const connected = await connect(config)
      if (!connected.ok) return connected
      try {
        return await connected.value.testConnection(callOptions)
      } finally {
        await connected.value.close()
      }
    },
  }
}
