import { type AnyOperationDefinition, type HypervisorAdapter, HypervisorError } from '@dcm/core'
import type { AcmeClient } from '../client/client.js'
import { mapError } from './map-errors.js'

/** The port's verbs over the client. Each becomes a file of its own. */
export function createAcmeAdapter(client: AcmeClient, endpoint: string): HypervisorAdapter<AcmeClient, never> {
  const unwritten = (what: string): HypervisorError =>
    new HypervisorError('UNSUPPORTED', `acme: ${what} is not written yet`, { endpoint, details: { feature: what } })
  const missing = (what: string) => async (): Promise<never> => {
    throw unwritten(what)
  }
  const noSteps = (what: string): AnyOperationDefinition<unknown, never> => ({
    steps: [{ name: 'plan', repeat: 'read', begin: missing(what) }],
    result: missing(what),
  })
  return {
    native: client,
    // Core asks it of whatever the functions below, and the steps, throw.
    mapError: (reason, call) => mapError(reason, call, endpoint),
    platformIdentity: missing('platformIdentity'),
    // The first real call.
    async testConnection({ signal }) {
      await client.get('/version', signal)
      throw unwritten('testConnection')
    },
    capabilities: missing('capabilities'),
    listResources: missing('listResources'),
    listVms: missing('listVms'),
    getVm: missing('getVm'),
    operations: {
      createVm: noSteps('createVm'),
      startVm: noSteps('startVm'),
      stopVm: noSteps('stopVm'),
      restartVm: noSteps('restartVm'),
      deleteVm: noSteps('deleteVm'),
    },
    facets: {},
    close: () => client.close(),
  }
}
