import type { HypervisorAdapter } from '@dcm/core'
import type { PebbleClient } from '../client/client.js'
import type { Appliance } from './appliance.js'
import { capabilities, testConnection } from './capabilities.js'
import { createVm } from './create-vm.js'
import { deleteVm } from './delete-vm.js'
import { listResources } from './inventory.js'
import { getVm, listVms } from './machines.js'
import { mapError } from './map-errors.js'
import { restartVm, startVm, stopVm } from './power.js'

/** The port's verbs over the appliance's calls. Each is a file; this one only names them. */
export function createPebbleAdapter(client: PebbleClient, endpoint: string): HypervisorAdapter<PebbleClient, never> {
  const appliance: Appliance = { ...client, endpoint }
  return {
    native: client,
    // Core asks it of whatever the functions below, and the steps, throw.
    mapError: (reason, call) => mapError(reason, call, endpoint),
    platformIdentity: async ({ signal }) => (await appliance.about(signal)).serial,
    testConnection: ({ signal }) => testConnection(appliance, signal),
    capabilities: ({ signal }) => capabilities(appliance, signal),
    listResources: (kinds, { signal }) => listResources(appliance, kinds, signal),
    listVms: ({ within }, { signal }) => listVms(appliance, within, signal),
    getVm: (ref, { signal }) => getVm(appliance, ref, signal),
    operations: {
      createVm: createVm(appliance),
      startVm: startVm(appliance),
      stopVm: stopVm(appliance),
      restartVm: restartVm(appliance),
      deleteVm: deleteVm(appliance),
    },
    facets: {},
    close: () => client.close(),
  }
}
