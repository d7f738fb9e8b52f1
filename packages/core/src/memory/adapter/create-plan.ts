import { HypervisorError } from '../../errors/hypervisor-error.js'
import { collectProblems, type ProblemCollector } from '../../inventory/reference-problems.js'
import { type ReferenceCandidate, resolveReference } from '../../inventory/resolve-reference.js'
import type { VmProvisionSpec } from '../../model/provision.js'
import type { Reference, ResourceKind } from '../../model/references.js'
import type { Sealed } from '../../operations/seal.js'
import type { Inventory } from '../platform/native-calls.js'
import { mapResources } from './map-resources.js'

type Spec = Sealed<VmProvisionSpec>

/** What a creation was resolved to, by ids; small enough for a handle. */
export interface CreatePlan {
  readonly host: string
  readonly template?: string
  readonly image?: string
  readonly pool?: string
  /** The store of each disk, the template's first. */
  readonly stores: readonly string[]
  /** How many disks the template brings. */
  readonly templateDisks: number
  readonly nets: readonly string[]
}

/** Resolves and checks everything against one look at the inventory; throws all problems at once. */
export function planCreate(spec: Spec, inventory: Inventory, site: string): CreatePlan {
  const problems = collectProblems()
  const resources = mapResources(inventory, site)
  const ofKind = (kind: ResourceKind) => resources.filter((resource) => resource.kind === kind)
  const containers = resources.filter(({ kind }) => ['host', 'cluster', 'datacenter'].includes(kind))
  const find = (
    reference: Reference | undefined,
    kind: ResourceKind,
    path: string,
    candidates: readonly ReferenceCandidate[] = ofKind(kind),
  ): string | undefined =>
    reference && resolveReference(reference, candidates, { path, kind, containers }, problems)?.id

  const { source, placement = {}, disks = [], nics = [] } = spec
  const templateId = source.from === 'template' ? find(source.template, 'template', 'source.template') : undefined
  const image = source.from === 'image' ? findImage(source.image, inventory, problems) : undefined
  find(placement.datacenter, 'datacenter', 'placement.datacenter')
  find(placement.cluster, 'cluster', 'placement.cluster')
  const pool = find(placement.resourcePool, 'resource-pool', 'placement.resourcePool')
  const wantedHost = find(placement.host, 'host', 'placement.host')
  const defaultStore = find(placement.datastore, 'datastore', 'placement.datastore') ?? inventory.stores[0]?.id
  const nets = nics.map(({ network }, index) => find(network, 'network', `nics[${index}].network`) ?? '')
  const wantedStores = disks.map(({ datastore }, index) => find(datastore, 'datastore', `disks[${index}].datastore`))

  const template = inventory.templates.find(({ id }) => id === templateId)
  if (!template && source.from !== 'template') needHardware(spec, problems)
  for (const [index, { sizeBytes }] of (template ? disks : []).entries()) {
    const least = template?.disks[index]?.sizeBytes ?? 0
    if (sizeBytes < least) {
      problems.invalid(`disks[${index}].sizeBytes`, `must be at least the template's ${least} bytes: disks only grow`)
    }
  }
  problems.throwIfAny('the specification')

  const count = Math.max(disks.length, template?.disks.length ?? 0)
  const stores = Array.from(
    { length: count },
    (_, index) => wantedStores[index] ?? placedAt(spec, defaultStore) ?? template?.disks[index]?.store ?? '',
  )
  const host = wantedHost ?? template?.host ?? inventory.hosts.find(({ state }) => state === 'ready')?.id
  if (host === undefined) {
    throw new HypervisorError('RESOURCE_EXHAUSTED', 'no host is ready to take a VM; bring one back', {
      details: { resource: 'host' },
    })
  }
  checkRoom(spec, template?.disks ?? [], stores, inventory)
  return {
    host,
    stores,
    nets,
    templateDisks: template?.disks.length ?? 0,
    ...(template && { template: template.id }),
    ...(image !== undefined && { image }),
    ...(pool !== undefined && { pool }),
  }
}

/** The default store counts for new VMs; a clone stays where its template is unless told otherwise. */
function placedAt({ source, placement }: Spec, defaultStore: string | undefined): string | undefined {
  return source.from === 'template' && placement?.datastore === undefined ? undefined : defaultStore
}

function findImage(reference: Reference, inventory: Inventory, problems: ProblemCollector): string | undefined {
  const fitting = inventory.images.filter(({ id, name }) =>
    'id' in reference ? id === reference.id : name === reference.name,
  )
  const [only] = fitting
  if (only && fitting.length === 1) return only.id
  const path = 'source.image'
  if (only) problems.ambiguous({ path, reference, candidates: fitting.map(({ id, name }) => ({ id, name })) })
  else problems.missing({ path, kind: 'image', reference })
  return undefined
}

function needHardware({ cpus, memoryBytes }: Spec, problems: ProblemCollector): void {
  if (cpus === undefined) problems.invalid('cpus', 'is required for a VM without a template')
  if (memoryBytes === undefined) problems.invalid('memoryBytes', 'is required for a VM without a template')
}

/** What surely does not fit is refused before anything is written; what others take meanwhile is found in the task. */
function checkRoom(
  { source, disks = [] }: Spec,
  templateDisks: readonly { readonly sizeBytes: number }[],
  stores: readonly string[],
  inventory: Inventory,
): void {
  const linked = source.from === 'template' && source.clone === 'linked'
  for (const store of inventory.stores) {
    const requested = stores.reduce((sum, id, index) => {
      const base = templateDisks[index]?.sizeBytes ?? 0
      const size = disks[index]?.sizeBytes ?? base
      return id === store.id ? sum + (linked ? size - base : size) : sum
    }, 0)
    const available = store.capacityBytes - store.usedBytes
    if (requested === 0 || requested <= available) continue
    const message = `datastore '${store.name}' has ${available} bytes left, ${requested} are needed; free some or choose another`
    throw new HypervisorError('RESOURCE_EXHAUSTED', message, {
      details: { resource: store.id, requested, available },
    })
  }
}
