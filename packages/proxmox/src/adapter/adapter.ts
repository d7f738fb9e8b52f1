import type { ConnectContext, HypervisorAdapter, SecretInput } from '@dcm/core'
import type { Secret } from '@dcm/wire/secret'
import { createProxmoxClient, type ProxmoxClient } from '../client/client.js'
import type { ProxmoxAuth, ProxmoxClientOptions } from '../client/client-options.js'
import { baseUrlOf, type ProxmoxConfig } from '../config.js'
import { readCapabilities } from './capabilities.js'
import { createCloneLane } from './clone-lane.js'
import { onceUnlessFailed, readCluster } from './cluster.js'
import { type ConnectionFacts, testConnection } from './connection.js'
import { deleteVm } from './delete.js'
import { listResources } from './inventory.js'
import { createKnownTemplates } from './known-templates.js'
import { getVm, listVms } from './machines.js'
import { mapError } from './map-errors.js'
import type { Platform } from './platform.js'
import { restartVm, startVm, stopVm } from './power.js'
import { createVm } from './provisioning.js'
import { withSharedReads } from './shared-reads.js'
import { createSharedStorages } from './shared-storages.js'
import { createTaskPolling } from './task-polling.js'

/** The adapter of one endpoint. No I/O until the first call. */
export function createProxmoxAdapter(
  config: ProxmoxConfig,
  context: ConnectContext,
): HypervisorAdapter<ProxmoxClient, never> {
  const facts = connectionFacts(config)
  const client = createProxmoxClient(clientOptions(config, context))
  const platform = createPlatform(client, config, context.endpoint)
  return {
    native: client,
    mapError: (thrown, call) => mapError(thrown, { endpoint: context.endpoint, ...facts, ...call }),
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
    facets: {},
    close: () => client.close(),
  }
}

function createPlatform(client: ProxmoxClient, config: ProxmoxConfig, endpoint: string): Platform {
  return {
    api: withSharedReads(client),
    endpoint,
    tasks: createTaskPolling(client),
    cloneLane: createCloneLane(client, config.limits?.clonesPerSource ?? 1),
    sharedStorages: createSharedStorages(client),
    templates: createKnownTemplates(),
    vmidRange: config.vmidRange,
    identity: onceUnlessFailed(async (signal) => (await readCluster(client, signal)).identity),
  }
}

function connectionFacts(config: ProxmoxConfig): ConnectionFacts {
  const { auth, allowUntrusted, fingerprint256, ca } = config
  const token = 'tokenId' in auth
  return {
    principal: token ? auth.tokenId : auth.username,
    credentials: token ? 'token' : 'password',
    trust:
      allowUntrusted === true
        ? 'untrusted'
        : fingerprint256 !== undefined
          ? 'fingerprint'
          : ca !== undefined
            ? 'ca'
            : 'system',
  }
}

function clientOptions(config: ProxmoxConfig, context: ConnectContext): ProxmoxClientOptions {
  const { ca, fingerprint256, allowUntrusted, compression, proxy, timeouts, limits } = config
  return {
    url: baseUrlOf(config),
    auth: authOf(config.auth, context),
    ...(ca !== undefined && { ca }),
    ...(fingerprint256 !== undefined && { fingerprint256 }),
    ...(allowUntrusted !== undefined && { allowUntrusted }),
    ...(compression !== undefined && { compression }),
    ...(proxy !== undefined && { proxy }),
    ...(limits?.maxConnections !== undefined && { maxConnections: limits.maxConnections }),
    ...(timeouts?.connectMs !== undefined && { connectTimeoutMs: timeouts.connectMs }),
    ...(timeouts?.requestMs !== undefined && { timeoutMs: timeouts.requestMs }),
  }
}

function authOf(auth: ProxmoxConfig['auth'], context: ConnectContext): ProxmoxAuth {
  if ('tokenId' in auth) return { tokenId: auth.tokenId, secret: secretOf(auth.secret, context) }
  return { username: auth.username, password: secretOf(auth.password, context) }
}

/** A reference is resolved whenever the value is needed: after a refusal it is asked again, and may have changed. */
function secretOf(input: SecretInput, context: ConnectContext): Secret {
  if ('secretValue' in input) return input.secretValue
  const { secretRef } = input
  return async () => (await context.secrets.resolve(secretRef)).reveal()
}
