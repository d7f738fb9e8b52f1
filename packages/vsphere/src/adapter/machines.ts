import {
  collectProblems,
  type Listing,
  type Reference,
  type ReferenceCandidate,
  resolveReference,
  type VmInfo,
  type VmRef,
  type VmSummary,
} from '@dcm/core'
import { type ManagedObjectReference, reference } from '../client/reference.js'
import { readInventory } from './inventory.js'
import { pageSize } from './inventory-reads.js'
import { requireVm } from './locate.js'
import { decodeName } from './map-names.js'
import { mapResources } from './map-resources.js'
import { isClusterService, mapVmInfo, mapVmSummary, type SummaryRow, summaryPaths } from './map-vm.js'
import type { Platform } from './platform.js'
import { readTags } from './tags/read-tags.js'

/** All VMs, templates left out: one view, a page of properties for each thousand of them, and one or two calls for tags. */
export async function listVms(
  platform: Platform,
  within: Reference | undefined,
  signal: AbortSignal,
): Promise<Listing<VmSummary>> {
  const observedAt = new Date().toISOString()
  const place = within === undefined ? undefined : await placeOf(platform, within, signal)
  const rows: SummaryRow[] = []
  for await (const row of platform.api.retrieve('VirtualMachine', summaryPaths, {
    missing: 'allow',
    pageSize,
    signal,
    ...(place?.container && { container: place.container }),
  })) {
    if (row['config.template'] !== true && !isClusterService(row) && (place?.fits(row) ?? true)) rows.push(row)
  }
  const { tags, problems } = await readTags(
    platform,
    rows.map(({ ref }) => ref.value),
  )
  const named = await withTheirIds(platform, rows, signal)
  const items = named.map((row) => mapVmSummary(platform.endpoint, row, { tags: tags.get(row.ref.value) }))
  return { items, problems, complete: problems.length === 0, observedAt, source: 'live' }
}

/** VMs whose configuration cannot be read are asked for their ids by their summaries, all in one call. */
async function withTheirIds(
  platform: Platform,
  rows: readonly SummaryRow[],
  signal: AbortSignal,
): Promise<readonly SummaryRow[]> {
  const nameless = rows.filter((row) => row['config.instanceUuid'] === undefined).map(({ ref }) => ref)
  if (nameless.length === 0) return rows
  const ids = new Map<string, string | undefined>()
  for await (const row of platform.api.readMany(nameless, 'VirtualMachine', ['summary.config.instanceUuid'], {
    missing: 'allow',
    pageSize,
    signal,
  })) {
    ids.set(row.ref.value, row['summary.config.instanceUuid'])
  }
  return rows.map((row) => ({ ...row, 'config.instanceUuid': row['config.instanceUuid'] ?? ids.get(row.ref.value) }))
}

/** Where a list looks: below a folder or datacenter, or at VMs of some hosts or of a pool. */
interface Place {
  readonly container?: ManagedObjectReference
  fits(row: SummaryRow): boolean
}

async function placeOf(platform: Platform, within: Reference, signal: AbortSignal): Promise<Place> {
  const rows = await readInventory(platform, new Set(['host', 'resource-pool']), signal)
  const folders: (ReferenceCandidate & { kind: 'folder' })[] = rows.folders.map(({ ref, name = ref.value }) => {
    return { kind: 'folder', id: ref.value, name: decodeName(name), within: [] }
  })
  const resources = mapResources(rows)
  const problems = collectProblems()
  // A host outside of clusters and its own compute resource share a name, and hold the same.
  const places = [...resources.filter((one) => !(one.kind === 'cluster' && one.synthetic)), ...folders]
  const candidates = 'id' in within ? [...resources, ...folders] : places
  const place = resolveReference(within, candidates, { path: 'within', kind: 'host' }, problems)
  problems.throwIfAny('the query')
  const id = place?.id ?? ''
  switch (place?.kind) {
    case 'datacenter':
      return { container: reference('Datacenter', id), fits: () => true }
    case 'folder':
      return { container: reference('Folder', id), fits: () => true }
    case 'resource-pool':
      return { fits: (row) => row.resourcePool?.value === id }
    default: {
      const hosts = new Set(rows.hosts.filter(({ parent }) => parent?.value === id).map(({ ref }) => ref.value))
      return { fits: (row) => row['runtime.host']?.value === id || hosts.has(row['runtime.host']?.value ?? '') }
    }
  }
}

/** One VM, live: one property read while the reference's locator holds. NOT_FOUND when it is gone, and for templates. */
export async function getVm(platform: Platform, ref: VmRef, signal: AbortSignal): Promise<VmInfo> {
  const row = await requireVm(platform, ref, signal)
  const [tags, opaqueIds] = await Promise.all([platform.tags.readOne(row.ref.value), platform.opaqueNetworks(row)])
  return mapVmInfo(platform.endpoint, row, tags, opaqueIds)
}
