import { definePlugin, type HypervisorPlugin, portVersion } from '@dcm/core'
import { createProxmoxAdapter } from './adapter/adapter.js'
import { type ProxmoxExtension, proxmoxExtensionSchema } from './adapter/extension.js'
import type { ProxmoxClient } from './client/client.js'
import { type ProxmoxConfig, proxmoxConfigSchema } from './config.js'
import { packageVersion } from './version.js'

/** Proxmox VE 7.4 to 9.2, as `createRegistry` takes it. */
export const proxmox: HypervisorPlugin<'proxmox', ProxmoxConfig, ProxmoxExtension, ProxmoxClient, never> = definePlugin(
  {
    type: 'proxmox',
    displayName: 'Proxmox VE',
    portVersion,
    packageName: '@dcm/proxmox',
    packageVersion,
    facets: [],
    configSchema: proxmoxConfigSchema,
    extensionSchema: proxmoxExtensionSchema,
    connect: createProxmoxAdapter,
  },
)
