import { HypervisorError, type Marker } from '@dcm/core'
import { isGone, isNodeSilent, readConfig } from '../locate.js'
import { type Draft, readDescription } from '../map-description.js'
import { hasTag, markerTag, splitTags } from '../map-tags.js'
import type { Platform, ResourceRow, VmConfig, VmPlace } from '../platform.js'
import { probe, rangeSize } from './probe-order.js'
import { readVmidRange } from './vmid-range.js'

/** A VM that carries the key, or may turn out to. */
export interface KeyHolder {
  readonly place: VmPlace
  readonly config: VmConfig
  /** Place in the key's order of ids; infinite for a VM that is elsewhere. */
  readonly probe: number
  readonly is: 'mine' | 'other-spec' | 'undecided'
  /** Still being made: locked by its clone or creation. */
  readonly locked: boolean
  /** Carries our tag: its configuration is done. */
  readonly tagged: boolean
  /** Undefined for a finished one. */
  readonly draft: Draft | undefined
}

const mostByTag = 16
const mostByName = 4
const mostProbes = 16

/**
 * Looks for VMs of a key: rows with its tag, rows of the requested name that carry no other key's tag, and the taken ids
 * at the beginning of the key's order. Their descriptions decide. One GET /cluster/resources and one config each.
 */
export async function findKeyHolders(
  platform: Platform,
  marker: Marker,
  name: string,
  signal: AbortSignal,
): Promise<readonly KeyHolder[]> {
  const [rows, range] = await Promise.all([
    platform.api.request('GET /cluster/resources', { type: 'vm' }, { signal }),
    readVmidRange(platform, signal),
  ])
  const byId = new Map(rows.map((row) => [row.vmid, row]))
  const tag = markerTag(marker.key)
  const candidates = new Map<number, { readonly row: ResourceRow; readonly probe: number }>()
  let free = 0
  // Past the first free id: an earlier one may have been freed since the VM was made.
  for (let index = 0; index < Math.min(mostProbes, rangeSize(range)) && free < 2; index++) {
    const vmid = probe(range, marker.key, index)
    const row = byId.get(vmid)
    if (row === undefined) free++
    else if (!hasOtherKey(row, tag)) candidates.set(vmid, { row, probe: index })
  }
  const others = rows.filter((row) => row.vmid !== undefined && !candidates.has(row.vmid))
  const tagged = others.filter((row) => hasTag(row.tags, tag)).slice(0, mostByTag)
  const named = others.filter((row) => row.name === name && !hasKeyTag(row)).slice(0, mostByName)
  for (const row of [...tagged, ...named]) {
    candidates.set(row.vmid ?? 0, { row, probe: Number.POSITIVE_INFINITY })
  }
  const holders = await Promise.all(
    [...candidates.values()].map(({ row, probe: index }) => judge(platform, marker, tag, row, index, signal)),
  )
  return holders.filter((holder) => holder !== undefined)
}

/** The one that stays when several carry the key: a finished one, then a configured one, then the earliest in the key's order. */
export function preferred(holders: readonly KeyHolder[]): KeyHolder | undefined {
  const rank = ({ draft, tagged, locked }: KeyHolder): number =>
    draft === undefined ? 0 : draft.being === 'removed' ? 4 : tagged ? 1 : locked ? 3 : 2
  return [...holders]
    .filter((holder) => holder.is === 'mine')
    .sort((one, other) => rank(one) - rank(other) || one.probe - other.probe || one.place.vmid - other.place.vmid)[0]
}

async function judge(
  platform: Platform,
  marker: Marker,
  tag: string,
  row: ResourceRow,
  index: number,
  signal: AbortSignal,
): Promise<KeyHolder | undefined> {
  if (row.type !== 'qemu' || row.vmid === undefined || row.node === undefined) return undefined
  const place = { vmid: row.vmid, node: row.node }
  let config: VmConfig
  try {
    config = await readConfig(platform.api, place, signal)
  } catch (error) {
    if (isGone(error)) return undefined
    // Not to be read, and not likely ours: then it is not.
    if (isNodeSilent(error) && !hasTag(row.tags, tag) && row.lock === undefined) return undefined
    throw error
  }
  const locked = config.lock === 'clone' || config.lock === 'create'
  const { marker: found, draft } = readDescription(config.description)
  const tagged = hasTag(config.tags, tag)
  const known = { place, config, probe: index, locked, tagged, draft }
  if (found?.key === marker.key) {
    return { ...known, is: found.specHash === marker.specHash ? 'mine' : 'other-spec' }
  }
  // At an id of our order, and its maker has not written what it is yet.
  if (found === undefined && locked && Number.isFinite(index)) return { ...known, is: 'undecided' }
  return undefined
}

function hasKeyTag(row: ResourceRow): boolean {
  return splitTags(row.tags).some((tag) => /^dcm-[0-9a-f]{8}$/.test(tag))
}

function hasOtherKey(row: ResourceRow, tag: string): boolean {
  return row.tags !== undefined && hasKeyTag(row) && !hasTag(row.tags, tag)
}

/** The key was used for another specification. */
export function keyTaken(holder: KeyHolder): HypervisorError {
  const { vmid } = holder.place
  const message = `the idempotency key belongs to VM ${vmid}, which was made from another specification: use another key, or give the same specification`
  return new HypervisorError('ALREADY_EXISTS', message, {
    resource: String(vmid),
    details: { reason: 'idempotency-key', existingId: String(vmid) },
  })
}
