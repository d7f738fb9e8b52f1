import { isWithin, type ReferenceCandidate, type ResourceKind, resolveReference } from '@dcm/core'
import { decodeName } from '../map-names.js'
import type { DetailRow } from '../map-vm.js'
import { type CreateState, extensionOf } from './state.js'
import { ofKind, type Survey } from './survey.js'

export interface Place {
  readonly computeId: string
  readonly datacenterId: string | undefined
  readonly hosts: readonly string[]
  readonly state: Partial<CreateState>
}

/** Where the VM shall live: the pool decides, and a cluster or host stands for its root pool. */
export function findPlace(survey: Survey, template: DetailRow | undefined): Place | undefined {
  const { problems, rows, spec } = survey
  const { placement = {} } = spec
  const datacenters = ofKind(survey, 'datacenter')
  const clusters = ofKind(survey, 'cluster')
  const containers = [...datacenters, ...clusters, ...ofKind(survey, 'host')]
  const pick = <C extends ReferenceCandidate>(
    path: 'datacenter' | 'cluster' | 'host' | 'resourcePool',
    kind: ResourceKind,
    all: readonly C[],
  ): C | undefined => {
    const wanted = placement[path]
    const target = { path: `placement.${path}`, kind, containers }
    return wanted === undefined ? undefined : resolveReference(wanted, all, target, problems)
  }
  const datacenter = pick('datacenter', 'datacenter', datacenters)
  const inside = <C extends ReferenceCandidate>(all: readonly C[]): C[] =>
    datacenter === undefined ? [...all] : all.filter((one) => isWithin(one, datacenter.id))
  const cluster = pick('cluster', 'cluster', inside(clusters))
  const host = pick('host', 'host', inside(ofKind(survey, 'host')))
  const pool = pick('resourcePool', 'resource-pool', inside(ofKind(survey, 'resource-pool')))
  if (!problems.isEmpty && (placement.cluster ?? placement.host ?? placement.resourcePool ?? placement.datacenter)) {
    return undefined
  }
  const named = [cluster?.id, host?.within[0], pool?.within[0]].filter((id) => id !== undefined)
  if (new Set(named).size > 1) {
    problems.invalid('placement', 'names a cluster, host and resource pool that do not belong together')
    return undefined
  }
  if (host !== undefined && host.status !== 'up') {
    problems.invalid('placement.host', `is ${host.status}: choose another host, or leave it out`)
  }
  const templateHost = template?.['runtime.host']?.value
  const home = rows.computes.find((row) => row.host?.some(({ value }) => value === templateHost))?.ref.value
  const homeFits = home !== undefined && inside(clusters).some(({ id }) => id === home)
  const possible = inside(clusters)
  const computeId = named[0] ?? (homeFits ? home : possible.length === 1 ? possible[0]?.id : undefined)
  const compute = rows.computes.find(({ ref }) => ref.value === computeId)
  const root = compute?.resourcePool?.value
  if (compute === undefined || (pool === undefined && root === undefined)) {
    const names = possible.map(({ name }) => name).slice(0, 5)
    problems.invalid(
      'placement.cluster',
      `is needed: there are ${names.length === 0 ? 'none that can be seen' : names.join(', ')}`,
    )
    return undefined
  }
  const poolId = findPool(survey, pool?.id, root)
  const datacenterId = clusters.find(({ id }) => id === compute.ref.value)?.within.at(-1)
  const folder = findFolder(survey, datacenterId, template)
  const alone = compute.ref.type !== 'ClusterComputeResource'
  const hostId = host?.id ?? (alone ? compute.host?.[0]?.value : undefined)
  return {
    computeId: compute.ref.value,
    datacenterId,
    hosts: host === undefined ? (compute.host ?? []).map(({ value }) => value) : [host.id],
    state: {
      pool: poolId ?? '',
      ...(folder !== undefined && { folder }),
      ...(hostId !== undefined && { host: hostId }),
    },
  }
}

/** The pool of that path below the root pool, else the one that was named, else the root pool itself. */
function findPool(
  { rows, spec, problems }: Survey,
  named: string | undefined,
  root: string | undefined,
): string | undefined {
  const path = extensionOf(spec).resourcePool
  if (path === undefined) return named ?? root
  const field = 'extensions.vsphere.resourcePool'
  if (named !== undefined) problems.invalid(field, 'cannot stand beside placement.resourcePool: name the pool once')
  let pool = root
  for (const segment of path.split('/').filter((part) => part !== '')) {
    const wanted = decodeName(segment)
    pool = rows.pools.find(({ name, parent }) => parent?.value === pool && decodeName(name ?? '') === wanted)?.ref.value
    if (pool === undefined) {
      problems.invalid(field, `'${path}' does not exist: there is no pool '${wanted}' on the way`)
      return undefined
    }
  }
  return pool
}

/** The folder of that path below the datacenter's VM folder, else the template's, else the VM folder itself. */
function findFolder(
  { rows, spec, problems, resources }: Survey,
  datacenterId: string | undefined,
  template: DetailRow | undefined,
): string | undefined {
  const root = rows.datacenters.find(({ ref }) => ref.value === datacenterId)?.vmFolder?.value
  const path = extensionOf(spec).folder
  if (path === undefined) {
    const parent = template?.parent?.value
    const chain: string[] = []
    for (let id = parent; id !== undefined && chain.length < 64; ) {
      chain.push(id)
      id = rows.folders.find(({ ref }) => ref.value === id)?.parent?.value
    }
    if (parent !== undefined && root !== undefined && chain.includes(root)) return parent
    if (root === undefined)
      problems.invalid(
        'placement.datacenter',
        `has no folder for VMs that can be seen (${resources.length} objects can)`,
      )
    return root
  }
  let folder = root
  for (const segment of path.split('/').filter((part) => part !== '')) {
    const wanted = decodeName(segment)
    folder = rows.folders.find(
      ({ name, parent }) => parent?.value === folder && name !== undefined && decodeName(name) === wanted,
    )?.ref.value
    if (folder === undefined) {
      problems.invalid(
        'extensions.vsphere.folder',
        `'${path}' does not exist: there is no folder '${wanted}' on the way`,
      )
      return undefined
    }
  }
  return folder
}
