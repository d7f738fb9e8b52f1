import { collectProblems, type ProblemCollector } from '@dcm/core'
import type { RestParameters, RestResult } from '../../client/rest/rest-types.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { checkTemplate } from './check-source.js'
import { isClaimNote } from './draft.js'
import { type CreateContext, type CreateState, extensionOf, type SealedSpec } from './state.js'

export type ItemRequirements = RestResult<'POST /vcenter/ovf/library-item/{library_item_id}?action=filter'>
type Deployment = RestParameters<'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy'>
type Parameters = NonNullable<Deployment['deployment_spec']['additional_parameters']>

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

/** What can be known of a deployment before it: the rest is checked on the VM that it makes. */
export function checkItem(
  spec: SealedSpec,
  { EULAs = [], ...asked }: ItemRequirements,
  problems: ProblemCollector,
): void {
  if (spec.source.from === 'template' && spec.source.clone !== undefined && spec.source.clone !== 'full') {
    problems.invalid('source.clone', "must be 'full', or left out: an OVF item of a library has no disks to share")
  }
  const { acceptEulas, properties = {}, deploymentOption } = extensionOf(spec).ovf ?? {}
  if (EULAs.length > 0 && acceptEulas !== true) {
    const message = `must be true: the item has ${EULAs.length} licence agreements, which nativeOf(port, vsphere).rest reads by action=filter`
    problems.invalid('extensions.vsphere.ovf.acceptEulas', message)
  }
  const known = parametersOf(asked, propertyParams)?.properties
  for (const name of Object.keys(properties)) {
    if (!Array.isArray(known) || known.some((each) => Object(each).id === name)) continue
    const names = known.map((each) => Object(each).id).join(', ')
    problems.invalid(`extensions.vsphere.ovf.properties.${name}`, `is none of the item's: it has ${names || 'none'}`)
  }
  const options = parametersOf(asked, optionParams)?.deployment_options
  if (deploymentOption === undefined || !Array.isArray(options)) return
  if (!options.some((each) => Object(each).key === deploymentOption)) {
    const keys = options.map((each) => Object(each).key).join(', ')
    problems.invalid('extensions.vsphere.ovf.deploymentOption', `is none of the item's: it has ${keys || 'none'}`)
  }
}

/** What fills in the item's form: values beside what it says of each property itself. */
export function additionalParameters(spec: SealedSpec, asked: ItemRequirements): Parameters {
  const { properties = {}, deploymentOption } = extensionOf(spec).ovf ?? {}
  const known = parametersOf(asked, propertyParams)?.properties
  const filled = Object.entries(properties).map(([id, value]) => {
    const said = Array.isArray(known) ? known.find((each) => Object(each).id === id) : undefined
    return { ...Object(said), id, value }
  })
  return [
    ...(filled.length > 0 ? [{ ...propertyParams, properties: filled }] : []),
    ...(deploymentOption === undefined ? [] : [{ ...optionParams, selected_key: deploymentOption }]),
  ]
}

const propertyParams = { '@class': 'com.vmware.vcenter.ovf.property_params', type: 'PropertyParams' } as const
const optionParams = {
  '@class': 'com.vmware.vcenter.ovf.deployment_option_params',
  type: 'DeploymentOptionParams',
} as const

function parametersOf({ additional_params: all = [] }: ItemRequirements, { type }: { readonly type: string }) {
  return all.find((each) => each.type === type)
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
