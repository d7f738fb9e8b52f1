import { collectProblems, isWithin, type Reference, type Resource, resolveReference } from '@dcm/core'
import { readInventory } from '../inventory.js'
import { mapResources } from '../map-resources.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'

/** References of a place; what is absent stays as it is. */
export type Target = { host: string; pool: string; datastore: string }

interface Wanted {
  readonly host?: Reference
  readonly datastore?: Reference
  readonly resourcePool?: Reference
}

/**
 * Where a VM, or its copy, shall go: all problems at once. A host of another cluster comes with that cluster's root pool, as
 * long as none is named.
 */
export async function resolvePlace(
  platform: Platform,
  row: DetailRow,
  wanted: Wanted,
  path: (field: keyof Wanted) => string,
  signal: AbortSignal,
): Promise<Partial<Target>> {
  if (wanted.host === undefined && wanted.datastore === undefined && wanted.resourcePool === undefined) return {}
  const rows = await readInventory(platform, new Set(['host', 'datastore', 'resource-pool']), signal)
  const resources = mapResources(rows)
  const containers = resources.filter(({ kind }) => kind === 'host' || kind === 'cluster' || kind === 'datacenter')
  const problems = collectProblems()
  const find = <K extends Resource['kind']>(field: keyof Wanted, kind: K) => {
    const candidates = resources.filter((one): one is Extract<Resource, { kind: K }> => one.kind === kind)
    const reference = wanted[field]
    return reference && resolveReference(reference, candidates, { path: path(field), kind, containers }, problems)
  }
  const host = find('host', 'host')
  const datastore = find('datastore', 'datastore')
  const pool = find('resourcePool', 'resource-pool')
  if (host !== undefined && host.status !== 'up')
    problems.invalid(path('host'), `is ${host.status}: choose another one`)
  const from = row['runtime.host']?.value
  const place = host?.id ?? (pool === undefined ? from : undefined)
  if (datastore !== undefined && place !== undefined && !isWithin(datastore, place)) {
    problems.invalid(path('datastore'), `'${datastore.name}' is not reachable from the host ${place}`)
  }
  const computeOf = (id: string | undefined) =>
    rows.computes.find(({ host: all }) => all?.some(({ value }) => value === id))
  const compute = computeOf(host?.id)
  if (compute !== undefined && pool !== undefined && pool.within[0] !== compute.ref.value) {
    problems.invalid(path('resourcePool'), `'${pool.name}' does not belong to the cluster of that host`)
  }
  problems.throwIfAny('the input')
  const crosses = compute !== undefined && compute.ref.value !== computeOf(from)?.ref.value
  const root = crosses ? compute.resourcePool?.value : undefined
  const poolId = pool?.id ?? root
  return {
    ...(host && { host: host.id }),
    ...(datastore && { datastore: datastore.id }),
    ...(poolId !== undefined && { pool: poolId }),
  }
}
