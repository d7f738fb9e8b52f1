import { definePlugin, type HypervisorPlugin, portVersion, resolveSecretInput } from '@dcm/core'
import { createPebbleAdapter } from './adapter/adapter.js'
import { createPebbleClient, type PebbleClient } from './client/client.js'
import { configSchema, extensionSchema, type PebbleConfig, type PebbleExtensions } from './config.js'

/** Everything that the types of an application learn of this platform; `never`: it has no facets. */
export type PebblePlugin = HypervisorPlugin<'pebble', PebbleConfig, PebbleExtensions, PebbleClient, never>

/** `createRegistry([pebble])`, then `connect({ type: 'pebble', endpoint, url, token })`. */
export const pebble: PebblePlugin = definePlugin({
  type: 'pebble',
  displayName: 'Pebble',
  portVersion,
  packageName: '@dcm/example-custom-plugin',
  packageVersion: '0.1.0',
  facets: [],
  configSchema,
  extensionSchema,
  // No I/O here: the token is resolved by the first call, and again by each: a token that was changed is used at once.
  connect({ url, token }, { endpoint, secrets }) {
    const client = createPebbleClient(url, async (signal) => {
      return (await resolveSecretInput(token, secrets, signal)).reveal()
    })
    return createPebbleAdapter(client, endpoint)
  },
})
