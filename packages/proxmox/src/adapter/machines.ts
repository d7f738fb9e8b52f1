import {
  collectProblems,
  type Listing,
  type Reference,
  resolveReference,
  type VmInfo,
  type VmRef,
  type VmSummary,
} from '@dcm/core'
import { readCluster } from './cluster.js'
import { readLive } from './locate.js'
import { mapCluster, mapDatacenter, mapHosts, nodeProblems, sharedStorages, surroundingsOf } from './map-resources.js'
import { mapVmInfo } from './map-vm-info.js'
import { createSummaryMapper } from './map-vm-summary.js'
import type { Platform, ResourceRow } from './platform.js'

/**
 * All VMs, in one GET /cluster/resources whatever their number (with `within` also GET /cluster/status). Rows come from
 * the platform's own broadcast, up to 10 s old; VMs on silent nodes are in it, as `unknown`.
 */
export async function listVms(
  platform: Platform,
  within: Reference | undefined,
  signal: AbortSignal,
): Promise<Listing<VmSummary>> {
  const observedAt = new Date().toISOString()
  const [rows, fits] = await Promise.all([
    platform.api.request('GET /cluster/resources', {}, { signal }),
    within === undefined ? everything : placeFilter(platform, within, signal),
  ])
  platform.sharedStorages.learn(sharedStorages(rows))
  const onlyOn = fits(rows)
  const mapper = createSummaryMapper(platform.endpoint)
  const items: VmSummary[] = []
  for (const row of rows) {
    if (row.type !== 'qemu' || row.vmid === undefined) continue
    if (platform.templates.isTemplate(row)) continue
    if (onlyOn !== undefined && row.node !== onlyOn) continue
    items.push(mapper.map(row, row.vmid))
  }
  const problems = nodeProblems(rows, platform.endpoint)
  return { items, problems, complete: problems.length === 0, observedAt, source: 'cache' }
}

/** The node that the list is narrowed to; undefined for all of them. */
type PlaceFilter = (rows: readonly ResourceRow[]) => string | undefined

const everything: PlaceFilter = () => undefined

async function placeFilter(platform: Platform, within: Reference, signal: AbortSignal): Promise<PlaceFilter> {
  const cluster = await readCluster(platform.api, signal)
  return (rows) => {
    const hosts = mapHosts(rows, surroundingsOf(cluster))
    const places = [...hosts, mapCluster(cluster), mapDatacenter(cluster)]
    const problems = collectProblems()
    // Cluster and datacenter may share a name, and hold the same: the first will do.
    const byName =
      'name' in within ? places.find(({ kind, name }) => kind !== 'host' && name === within.name) : undefined
    const isHost = 'name' in within && hosts.some(({ name }) => name === within.name)
    const place =
      byName !== undefined && !isHost
        ? byName
        : resolveReference(within, isHost ? hosts : places, { path: 'within', kind: 'host' }, problems)
    problems.throwIfAny('the query')
    return place?.kind === 'host' ? place.id : undefined
  }
}

/**
 * One VM, live: GET config and status/current at its node, which is looked up in GET /cluster/resources when the
 * reference's locator is stale. NOT_FOUND when it is gone, when another VM has its id, and for templates.
 */
export async function getVm(platform: Platform, ref: VmRef, signal: AbortSignal): Promise<VmInfo> {
  const [live, shared] = await Promise.all([readLive(platform, ref, signal), platform.sharedStorages.get(signal)])
  const known = { sharedStorages: shared, ...(live.pool !== undefined && { pool: live.pool }) }
  return mapVmInfo(platform.endpoint, live.place, live.config, live.status, known)
}
