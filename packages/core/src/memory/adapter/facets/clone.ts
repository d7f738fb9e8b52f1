import type { OperationInputs } from '../../../adapter.js'
import { collectProblems } from '../../../inventory/reference-problems.js'
import { resolveReference } from '../../../inventory/resolve-reference.js'
import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Reference, ResourceKind } from '../../../model/references.js'
import type { VmInfo } from '../../../model/vm.js'
import type { OperationDefinition, Step, StepContext } from '../../../operations/step.js'
import { type ClaimState, claimedVm, claimOf, claimSteps, readySteps } from '../claim.js'
import type { Connection } from '../connection.js'
import { mapResources } from '../map-resources.js'
import { infoOf } from '../power.js'
import { assertUnlocked, lookAt, missing } from '../vm-state.js'

type CloneInput = OperationInputs['clone.clone']

interface CloneState extends ClaimState {
  /** What it is made of and where, by ids. */
  readonly plan: {
    readonly source: { readonly id: string; readonly generation: string }
    readonly host: string
    readonly store?: string
    readonly pool?: string
  }
}

/** As createVm, from a VM: plan (read), the claim on an id and the key, one copy, and nothing to configure. */
export function cloneFacet(connection: Connection, site: string): AdapterFacetOf<'clone'> {
  const definition: OperationDefinition<CloneInput, CloneState, VmInfo> = {
    steps: [
      plan(connection, site),
      ...claimSteps<CloneInput>(connection, 'ready', {
        send: (context) => sendCopy(connection, context),
        nameOf: ({ name }) => name,
      }),
      ...readySteps<CloneInput>(connection),
    ],
    result: ({ state, signal }) => infoOf(connection, claimedVm(state), signal),
  }
  return { clone: definition }
}

function plan(connection: Connection, site: string): Step<CloneInput, CloneState> {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input, signal }) {
      const { ref, snapshot, placement = {} } = input
      const vm = await lookAt(connection, ref, signal)
      assertUnlocked(vm, connection.endpoint)
      if (snapshot !== undefined) {
        const { snapshots } = await connection.call('snapshot.list', { id: vm.id }, signal)
        if (!snapshots.some(({ id }) => id === snapshot)) {
          throw missing(`VM '${vm.id}' has no snapshot '${snapshot}'; list them to see their ids`, connection.endpoint)
        }
      }
      const place = await resolvePlace(connection, site, placement, signal)
      return {
        done: true,
        state: { plan: { source: { id: vm.id, generation: vm.generation }, ...place, host: place.host ?? vm.host } },
      }
    },
  }
}

/** All problems of the placement at once. One native call. */
async function resolvePlace(
  connection: Connection,
  site: string,
  { host, datastore, resourcePool }: NonNullable<CloneInput['placement']>,
  signal: AbortSignal,
): Promise<Partial<Pick<CloneState['plan'], 'host' | 'store' | 'pool'>>> {
  const resources = mapResources(await connection.call('inventory', {}, signal), site)
  const containers = resources.filter(({ kind }) => kind === 'host' || kind === 'cluster' || kind === 'datacenter')
  const problems = collectProblems()
  const find = (reference: Reference | undefined, kind: ResourceKind, path: string): string | undefined => {
    const candidates = resources.filter((resource) => resource.kind === kind)
    return reference && resolveReference(reference, candidates, { path, kind, containers }, problems)?.id
  }
  const place = {
    host: find(host, 'host', 'placement.host'),
    store: find(datastore, 'datastore', 'placement.datastore'),
    pool: find(resourcePool, 'resource-pool', 'placement.resourcePool'),
  }
  problems.throwIfAny('the input')
  return {
    ...(place.host !== undefined && { host: place.host }),
    ...(place.store !== undefined && { store: place.store }),
    ...(place.pool !== undefined && { pool: place.pool }),
  }
}

function sendCopy(
  connection: Connection,
  context: StepContext<CloneInput, CloneState>,
): Promise<{ readonly task: string }> {
  const { input, state, signal } = context
  if (!state.plan) throw new TypeError('the plan is made by the first step')
  const { name, mode = 'full', snapshot } = input
  const from = snapshot === undefined ? {} : { snapshot }
  const args = { ...claimOf(context), ...state.plan, ...from, name, linked: mode === 'linked' }
  return connection.call('vm.copy', args, signal)
}
