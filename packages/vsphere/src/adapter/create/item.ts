import { collectProblems } from '@dcm/core'
import type { RestParameters, RestResult } from '../../client/rest/rest-types.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { checkTemplate } from './check-source.js'
import { isClaimNote } from './draft.js'
import type { CreateContext, CreateState } from './state.js'

export type ItemRequirements = RestResult<'POST /vcenter/ovf/library-item/{library_item_id}?action=filter'>
export type Deployment = RestParameters<'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy'>

/** What an OVF item holds and asks for, as the service reads it for this place. */
export function readRequirements(
  platform: Platform,
  state: Readonly<Partial<CreateState>>,
  signal: AbortSignal,
): Promise<ItemRequirements> {
  return platform.api.rest.request(
    'POST /vcenter/ovf/library-item/{library_item_id}?action=filter',
    { library_item_id: state.item ?? '', target: targetOf(state) },
    { signal },
  )
}

export function targetOf({ pool = '', host, folder }: Readonly<Partial<CreateState>>): Deployment['target'] {
  return {
    resource_pool_id: pool,
    ...(host !== undefined && { host_id: host }),
    ...(folder !== undefined && { folder_id: folder }),
  }
}

/**
 * Networks of the package by networks here: those of the specification's cards in order, the last for the rest of them; without
 * cards one of the same name. A network that stands for none is left to the platform.
 */
export function mapNetworks(
  { networks = [] }: ItemRequirements,
  chosen: readonly string[],
  idOfName: (name: string) => string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    networks.flatMap((name, index) => {
      const id = chosen.length === 0 ? idOfName(name) : (chosen[index] ?? chosen.at(-1))
      // The service answers a bare 500 to a mapping without a name.
      return id === undefined || name === '' ? [] : [[name, id]]
    }),
  )
}

/** The description of a VM whose annotation bears our claim: the caller's, else the package's own. */
export async function annotationFor(
  platform: Platform,
  { input, state, signal }: CreateContext,
  row: DetailRow,
): Promise<string | undefined> {
  if (input.spec.description !== undefined || !isClaimNote(row['config.annotation'])) return input.spec.description
  return (await readRequirements(platform, state, signal)).annotation ?? ''
}

/** What could not be known before: the VM's disks, cards and guest are those of the package. */
export async function checkDeployed(platform: Platform, { input }: CreateContext, row: DetailRow): Promise<void> {
  const { version } = await platform.facts()
  const problems = collectProblems()
  checkTemplate(input, row, version, problems)
  problems.throwIfAny('the specification')
}
