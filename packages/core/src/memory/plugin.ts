import { coreVersion } from '../generated/version.js'
import { type ConnectContext, definePlugin, type HypervisorPlugin, portVersion } from '../plugin.js'
import { resolveSecretInput } from '../secrets/resolve-secret.js'
import { Secret } from '../secrets/secret.js'
import { createMemoryAdapter } from './adapter/adapter.js'
import type { MemoryExtensions } from './adapter/create-state.js'
import { type MemoryFacet, memoryFacets } from './adapter/facets/facets.js'
import { localChannel, type MemoryChannel } from './client/channel.js'
import { createMemoryClient, type MemoryClient } from './client/native-client.js'
import { remoteChannel } from './client/remote-channel.js'
import {
  configSchema,
  extensionSchema,
  type MemoryConfig,
  type RemoteMemoryConfig,
  remoteConfigSchema,
} from './config.js'
import type { MemoryPlatform } from './platform/platform.js'

/** The plugin of an in-memory platform of this process. */
export type MemoryPlugin = HypervisorPlugin<'memory', MemoryConfig, MemoryExtensions, MemoryClient, MemoryFacet>

/** The plugin of an in-memory platform that another process serves. */
export type RemoteMemoryPlugin = HypervisorPlugin<
  'memory',
  RemoteMemoryConfig,
  MemoryExtensions,
  MemoryClient,
  MemoryFacet
>

const facts = {
  type: 'memory',
  displayName: 'In-memory hypervisor',
  portVersion,
  packageName: '@dcm/core',
  packageVersion: coreVersion,
  facets: memoryFacets,
  extensionSchema,
} as const

export function memoryPlugin(platform: MemoryPlatform): MemoryPlugin {
  return definePlugin({
    ...facts,
    configSchema,
    connect: (config, context) => connect(config, context, localChannel(platform)),
  })
}

/** `createRegistry([remoteMemory])`, then `connect({ type: 'memory', endpoint, url, token })`. */
export const remoteMemory: RemoteMemoryPlugin = definePlugin({
  ...facts,
  configSchema: remoteConfigSchema,
  connect(config: RemoteMemoryConfig, context: ConnectContext) {
    const token = (signal: AbortSignal) => resolveSecretInput(config.token, context.secrets, signal)
    return connect(config, context, remoteChannel(config.url, token))
  },
})

function connect(config: MemoryConfig, { endpoint, secrets }: ConnectContext, channel: MemoryChannel) {
  const { site = 'main', user = 'operator', password } = config
  const client = createMemoryClient(channel, {
    site,
    user,
    password: async (signal) => (password ? resolveSecretInput(password, secrets, signal) : new Secret('memory')),
  })
  return createMemoryAdapter(client, endpoint, site)
}
