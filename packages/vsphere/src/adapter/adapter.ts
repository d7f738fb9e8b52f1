import type { ConnectContext, HypervisorAdapter, SecretInput } from '@dcm/core'
import type { Secret } from '@dcm/wire/secret'
import { createVsphereClient, type VsphereClient } from '../client/client.js'
import type { VsphereAuth, VsphereClientOptions } from '../client/client-options.js'
import type { VsphereConfig } from '../config.js'
import { readCapabilities } from './capabilities.js'
import { type ConnectionFacts, testConnection } from './connection.js'
import { createVm } from './create/create.js'
import { deleteVm } from './delete.js'
import { createFacets, type VsphereFacet } from './facets/facets.js'
import { listResources } from './inventory.js'
import { createInventoryReads } from './inventory-reads.js'
import { createLibraryItems } from './library/library-items.js'
import { getVm, listVms } from './machines.js'
import { mapError } from './map-errors.js'
import { createOpaqueNetworks } from './opaque-networks.js'
import type { Platform } from './platform.js'
import { restartVm } from './power/restart.js'
import { startVm } from './power/start.js'
import { stopVm } from './power/stop.js'
import { createTagging } from './tags/tagging.js'
import { createTaskPolling } from './task-polling.js'
import { createVmIds } from './vm-ids.js'

/** The adapter of one endpoint. No I/O until the first call. */
export function createVsphereAdapter(
  config: VsphereConfig,
  context: ConnectContext,
): HypervisorAdapter<VsphereClient, VsphereFacet> {
  const facts = connectionFacts(config)
  const client = createVsphereClient(clientOptions(config, context))
  const platform = createPlatform(client, context.endpoint)
  return {
    native: client,
    mapError: (thrown, call) => mapError(thrown, { endpoint: context.endpoint, principal: facts.principal, ...call }),
    platformIdentity: () => platform.identity(),
    testConnection: ({ signal }) => testConnection(platform, facts, signal),
    capabilities: () => readCapabilities(platform),
    listResources: (kinds, { signal }) => listResources(platform, kinds, signal),
    listVms: ({ within }, { signal }) => listVms(platform, within, signal),
    getVm: (ref, { signal }) => getVm(platform, ref, signal),
    operations: {
      createVm: createVm(platform),
      startVm: startVm(platform),
      stopVm: stopVm(platform),
      restartVm: restartVm(platform),
      deleteVm: deleteVm(platform),
    },
    facets: createFacets(platform, context),
    close: () => client.close(),
  }
}

function createPlatform(api: VsphereClient, endpoint: string): Platform {
  let identity: Promise<string> | undefined
  const facts = async () => {
    const { about } = await api.serviceContent()
    return { product: about.name, version: about.version, isVcenter: about.apiType === 'VirtualCenter' }
  }
  return {
    api,
    endpoint,
    inventory: createInventoryReads(api),
    tasks: createTaskPolling(api),
    tags: createTagging(api, async () => (await facts()).isVcenter),
    library: createLibraryItems(api),
    vmIds: createVmIds(),
    opaqueNetworks: createOpaqueNetworks(api),
    facts,
    identity() {
      identity ??= readIdentity(api).catch((error: unknown) => {
        identity = undefined
        throw error
      })
      return identity
    },
  }
}

/** A bare host has no instanceUuid of its own: its hardware's stands for it. */
async function readIdentity(api: VsphereClient): Promise<string> {
  const { about } = await api.serviceContent()
  if (about.instanceUuid !== undefined && about.instanceUuid !== '') return about.instanceUuid.toLowerCase()
  for await (const host of api.retrieve('HostSystem', ['hardware.systemInfo.uuid', 'summary.hardware.uuid'])) {
    const uuid = host['hardware.systemInfo.uuid'] ?? host['summary.hardware.uuid']
    if (uuid !== undefined) return uuid.toLowerCase()
  }
  return api.host
}

function connectionFacts({ auth, allowUntrusted, fingerprint256, fingerprint1, ca }: VsphereConfig): ConnectionFacts {
  const pinned = fingerprint256 !== undefined || fingerprint1 !== undefined
  return {
    principal: 'username' in auth ? auth.username : 'the holder of the token',
    trust: allowUntrusted === true ? 'untrusted' : pinned ? 'fingerprint' : ca !== undefined ? 'ca' : 'system',
  }
}

function clientOptions(config: VsphereConfig, context: ConnectContext): VsphereClientOptions {
  const { url, auth, ca, fingerprint256, fingerprint1, allowUntrusted, proxy, timeouts, limits } = config
  return {
    url,
    auth: authOf(auth, context),
    ...(ca !== undefined && { ca }),
    ...(fingerprint256 !== undefined && { fingerprint256 }),
    ...(fingerprint1 !== undefined && { fingerprint1 }),
    ...(allowUntrusted !== undefined && { allowUntrusted }),
    ...(proxy !== undefined && { proxy }),
    ...(limits?.maxConnections !== undefined && { maxConnections: limits.maxConnections }),
    ...(timeouts?.connectMs !== undefined && { connectTimeoutMs: timeouts.connectMs }),
    ...(timeouts?.requestMs !== undefined && { timeoutMs: timeouts.requestMs }),
  }
}

function authOf(auth: VsphereConfig['auth'], context: ConnectContext): VsphereAuth {
  return 'username' in auth
    ? { username: auth.username, password: secretOf(auth.password, context) }
    : { token: secretOf(auth.token, context) }
}

/** A reference is resolved whenever the value is needed: after a refusal it is asked again, and may have changed. */
function secretOf(input: SecretInput, { secrets }: ConnectContext): Secret {
  if ('secretValue' in input) return input.secretValue
  const { secretRef } = input
  return async () => (await secrets.resolve(secretRef)).reveal()
}
