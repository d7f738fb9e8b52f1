import type { HypervisorAdapter } from '../../adapter.js'
import type { MemoryClient } from '../client/native-client.js'
import { capabilities, testConnection } from './capabilities.js'
import { createConnection } from './connection.js'
import { deleteVm } from './delete.js'
import { createFacets, type MemoryFacet } from './facets/facets.js'
import { listResources } from './inventory.js'
import { getVm, listVms } from './machines.js'
import { restartVm, startVm } from './power.js'
import { createVm } from './provisioning.js'
import { stopVm } from './stop.js'

/** The port's verbs over the platform's native calls. */
export function createMemoryAdapter(
  client: MemoryClient,
  endpoint: string,
  site: string,
): HypervisorAdapter<MemoryClient, MemoryFacet> {
  const connection = createConnection(client, endpoint)
  const operations = {
    createVm: createVm(connection, site),
    startVm: startVm(connection),
    stopVm: stopVm(connection),
    restartVm: restartVm(connection),
    deleteVm: deleteVm(connection),
  }
  return {
    native: client,
    async platformIdentity({ signal }) {
      return (await connection.call('about', {}, signal)).serial
    },
    testConnection: (context) => testConnection(connection, context),
    capabilities: (context) => capabilities(connection, context),
    listResources: (kinds, context) => listResources(connection, site, kinds, context),
    listVms: (query, context) => listVms(connection, site, query, context),
    getVm: (ref, context) => getVm(connection, ref, context),
    operations,
    now: () => client.now(),
    facets: createFacets(connection, site),
    close: () => client.close(),
  }
}
