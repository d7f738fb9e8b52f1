import { definePlugin, type HypervisorPlugin, portVersion, resolveSecretInput } from '@dcm/core'
import { createAcmeAdapter } from './adapter/adapter.js'
import { type AcmeClient, createAcmeClient } from './client/client.js'
import { type AcmeConfig, type AcmeExtensions, configSchema, extensionSchema } from './config.js'

export type AcmePlugin = HypervisorPlugin<'acme', AcmeConfig, AcmeExtensions, AcmeClient, never>

export const acme: AcmePlugin = definePlugin({
  type: 'acme',
  displayName: 'Acme',
  portVersion,
  packageName: '@dcm/acme',
  packageVersion: '0.0.0-version',
  facets: [],
  configSchema,
  extensionSchema,
  connect({ url, token }, { endpoint, secrets }) {
    const client = createAcmeClient(url, async (signal) => {
      return (await resolveSecretInput(token, secrets, signal)).reveal()
    })
    return createAcmeAdapter(client, endpoint)
  },
})
