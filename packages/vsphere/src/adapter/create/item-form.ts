import type { ProblemCollector } from '@dcm/core'
import type { Deployment, ItemRequirements } from './item.js'
import { extensionOf, type SealedSpec } from './state.js'

type Parameters = NonNullable<Deployment['deployment_spec']['additional_parameters']>
type Said = Readonly<Record<string, unknown>>

const propertyParams = { '@class': 'com.vmware.vcenter.ovf.property_params', type: 'PropertyParams' } as const
const optionParams = {
  '@class': 'com.vmware.vcenter.ovf.deployment_option_params',
  type: 'DeploymentOptionParams',
} as const

/** What can be known of a deployment before it: the rest is checked on the VM that it makes. */
export function checkItem(spec: SealedSpec, asked: ItemRequirements, problems: ProblemCollector): void {
  if (spec.source.from === 'template' && spec.source.clone !== undefined && spec.source.clone !== 'full') {
    problems.invalid('source.clone', "must be 'full', or left out: an OVF item of a library has no disks to share")
  }
  const { acceptEulas, properties = {}, deploymentOption } = extensionOf(spec).ovf ?? {}
  const { EULAs: agreements = [] } = asked
  const field = 'extensions.vsphere.ovf'
  if (agreements.length > 0 && acceptEulas !== true) {
    const message = `must be true: the item has ${agreements.length} licence agreements, which nativeOf(port, vsphere).rest reads by action=filter`
    problems.invalid(`${field}.acceptEulas`, message)
  }
  const refuse = (path: string, there: readonly unknown[]) =>
    problems.invalid(`${field}.${path}`, `is none of the item's: it has ${there.join(', ') || 'none'}`)
  const ids = propertiesOf(asked)?.map(({ id }) => id)
  for (const id of Object.keys(properties)) if (ids?.includes(id) === false) refuse(`properties.${id}`, ids)
  const keys = listIn(asked, optionParams.type, 'deployment_options')?.map(({ key }) => key)
  if (deploymentOption !== undefined && keys?.includes(deploymentOption) === false) refuse('deploymentOption', keys)
}

/** The form filled in: each property with all that the item says of it, and its value. */
export function additionalParameters(spec: SealedSpec, asked: ItemRequirements): Parameters {
  const { properties = {}, deploymentOption } = extensionOf(spec).ovf ?? {}
  const said = new Map(propertiesOf(asked)?.map((property) => [property.id, property]))
  const filled = Object.entries(properties).map(([id, value]) => ({ ...said.get(id), id, value }))
  return [
    ...(filled.length > 0 ? [{ ...propertyParams, properties: filled }] : []),
    ...(deploymentOption === undefined ? [] : [{ ...optionParams, selected_key: deploymentOption }]),
  ]
}

function propertiesOf(asked: ItemRequirements): readonly Said[] | undefined {
  return listIn(asked, propertyParams.type, 'properties')
}

/** Undefined where the service says nothing of this kind of parameters. */
function listIn({ additional_params = [] }: ItemRequirements, type: string, list: string): readonly Said[] | undefined {
  const entries = additional_params.find((each) => each.type === type)?.[list]
  return Array.isArray(entries) ? entries.map((entry: unknown): Said => Object(entry)) : undefined
}
