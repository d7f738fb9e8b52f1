import { definePlugin, type HypervisorPlugin, portVersion } from '@dcm/core'
import { createVsphereAdapter } from './adapter/adapter.js'
import { type VsphereExtension, vsphereExtensionSchema } from './adapter/extension.js'
import { type VsphereFacet, vsphereFacets } from './adapter/facets/facets.js'
import type { VsphereClient } from './client/client.js'
import { type VsphereConfig, vsphereConfigSchema } from './config.js'
import { packageVersion } from './version.js'

/** VMware vCenter 7, 8 and 9, and bare ESXi hosts, as `createRegistry` takes it. */
export const vsphere: HypervisorPlugin<'vsphere', VsphereConfig, VsphereExtension, VsphereClient, VsphereFacet> =
  definePlugin({
    type: 'vsphere',
    displayName: 'VMware vSphere',
    portVersion,
    packageName: '@dcm/vsphere',
    packageVersion,
    facets: vsphereFacets,
    configSchema: vsphereConfigSchema,
    extensionSchema: vsphereExtensionSchema,
    connect: createVsphereAdapter,
  })
