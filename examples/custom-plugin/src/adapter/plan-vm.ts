import { collectProblems, mib, type OperationInputs, type Reference, resolveReference, type Sealed } from '@dcm/core'
import type { Inventory, NewVm } from '../client/types.js'
import type { PebbleExtensions } from '../config.js'
import { mapResources } from './map-resources.js'

/** The specification as it stands in a handle: its inline secrets are digests there. */
export type SealedSpec = Sealed<OperationInputs['createVm']>['spec']

/** What a creation was resolved to. It is kept in the handle, so it is small and holds ids, not objects. */
export type Plan = Omit<NewVm, 'notes'>

/** Resolves every reference and checks what capabilities cannot say; throws all problems at once, before any write. */
export function planVm(spec: SealedSpec, inventory: Inventory): Plan {
  const problems = collectProblems()
  const resources = mapResources(inventory)
  const find = (reference: Reference | undefined, kind: (typeof resources)[number]['kind'], path: string) => {
    const candidates = resources.filter((resource) => resource.kind === kind)
    return reference && resolveReference(reference, candidates, { path, kind, containers: resources }, problems)?.id
  }

  const { source, placement = {}, disks: [disk] = [], nics: [nic] = [] } = spec
  const templateId = source.from === 'template' ? find(source.template, 'template', 'source.template') : undefined
  const net = find(nic?.network, 'network', 'nics[0].network') ?? inventory.nets[0]?.id ?? ''
  // There is one of each, but a caller who names another one must hear of it.
  find(placement.datacenter, 'datacenter', 'placement.datacenter')
  find(placement.cluster, 'cluster', 'placement.cluster')
  find(placement.host, 'host', 'placement.host')
  find(placement.datastore ?? disk?.datastore, 'datastore', 'placement.datastore')
  find(placement.resourcePool, 'resource-pool', 'placement.resourcePool')

  const template = inventory.templates.find(({ id }) => id === templateId)
  const { cpus = 1, memoryMib = 0, diskMib: templateMib = 0 } = template ?? {}
  const diskMib = disk ? disk.sizeBytes / mib(1) : templateMib
  if (diskMib < templateMib)
    problems.invalid('disks[0].sizeBytes', `must be at least the template's ${mib(templateMib)}`)
  if (spec.tags?.length) problems.invalid('tags', 'must be left out: a Pebble keeps none')
  if (nic?.vlanId !== undefined) problems.invalid('nics[0].vlanId', 'must be left out: choose a network instead')
  if (nic?.macAddress !== undefined)
    problems.invalid('nics[0].macAddress', 'must be left out: the appliance chooses it')
  problems.throwIfAny('the specification')

  return {
    name: spec.name,
    template: templateId ?? '',
    cpus: spec.cpus ?? cpus,
    memoryMib: spec.memoryBytes === undefined ? memoryMib : spec.memoryBytes / mib(1),
    diskMib,
    net,
    autostart: extensionOf(spec).autostart ?? false,
  }
}

/** Core has read it with this plugin's own `extensionSchema`; in a handle it is plain JSON, hence the cast. */
function extensionOf({ extensions }: SealedSpec): PebbleExtensions {
  return (extensions as { readonly pebble?: PebbleExtensions } | undefined)?.pebble ?? {}
}
