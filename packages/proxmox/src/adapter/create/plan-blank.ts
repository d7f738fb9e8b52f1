import type { Datastore, Reference } from '@dcm/core'
import type { Platform } from '../platform.js'
import { checkNodeCapacity, checkSpace } from './capacity.js'
import type { Checks } from './checks.js'
import { type NodeFacts, readNode } from './facts.js'
import { guestTypes } from './guest-types.js'
import { chooseNode, findBridges, findDatastore, requireStorage, requireUp } from './placing.js'
import type { PlanParts } from './plan-clone.js'
import { type CreateState, markerOf, type SealedSpec } from './state.js'

/** Where a VM without a template goes, on which storages its disks, and whether all of it fits. */
export async function planBlank(parts: PlanParts): Promise<Partial<CreateState>> {
  const { platform, context, facts, named, checks } = parts
  const { spec } = context.input
  if (spec.source.from === 'template') return {}
  const { guestOs } = spec.source
  if (guestOs !== undefined && !guestTypes.has(guestOs)) {
    checks.problems.invalid('source.guestOs', `must be one of ${[...guestTypes].join(', ')}`)
  }
  const placed = spec.placement?.datastore
  const datastore = placed && findDatastore(placed, 'placement.datastore', named, parts.host, checks)
  const target = parts.host ?? chooseNode(spec, named, datastore, markerOf(context).key)
  if (target === undefined) {
    checks.silent('every node', 'no node is up')
    return {}
  }
  if (!requireUp(target, facts.rows, checks)) return {}
  const node = await readNode(platform, target, context.signal)
  const bridges = findBridges(spec, node, named, checks)
  checkNodeCapacity(facts.rows, target, spec, checks)
  const diskStorages = (spec.disks ?? []).map((disk, index) => {
    const path = `disks[${index}].datastore`
    const chosen = disk.datastore ? findDatastore(disk.datastore, path, named, target, checks) : datastore
    const missing = disk.datastore !== undefined || placed !== undefined
    return chosen?.name ?? (missing ? undefined : roomiest(node, disk.sizeBytes, path, checks))
  })
  const wanted = new Map<string, number>()
  for (const [index, storage] of diskStorages.entries()) {
    if (storage === undefined) continue
    wanted.set(storage, (wanted.get(storage) ?? 0) + (spec.disks?.[index]?.sizeBytes ?? 0))
  }
  for (const storage of wanted.keys()) requireStorage(node, storage, 'placement.datastore', checks)
  checkSpace(node.storages, wanted, checks)
  const image = spec.source.from === 'image' ? await findImage(platform, spec.source.image, parts, target) : undefined
  const extra = needsOwnStorage(spec) && wanted.size === 0 ? roomiest(node, 0, 'disks', checks) : undefined
  return {
    target,
    diskStorages: diskStorages.map((storage) => storage ?? null),
    storages: [...new Set([...wanted.keys(), ...(extra === undefined ? [] : [extra])])],
    ...(bridges.length > 0 && { bridges: [...bridges] }),
    ...(image !== undefined && { image }),
  }
}

/** Firmware variables and cloud-init data lie on a storage, also when there are no disks. */
function needsOwnStorage(spec: SealedSpec): boolean {
  return (spec.source.from !== 'template' && spec.source.firmware === 'uefi') || spec.customization !== undefined
}

/** Where nobody says which storage: the one with the most room. */
function roomiest(node: NodeFacts, bytes: number, path: string, checks: Checks): string | undefined {
  const usable = node.storages.filter(({ active }) => active !== false)
  const [best] = usable.sort(
    (one, other) => (other.avail ?? 0) - (one.avail ?? 0) || (one.storage < other.storage ? -1 : 1),
  )
  if (best === undefined) {
    checks.problems.invalid(path, `needs a storage for disks, and node ${node.node} has none that is active`)
  } else if ((best.avail ?? bytes) < bytes) checks.short(`storage ${best.storage}`, bytes, best.avail ?? 0)
  return best?.storage
}

/** An installation image by volume id (`local:iso/debian.iso`) or by its file's name. */
async function findImage(
  platform: Platform,
  reference: Reference,
  { context, named, checks }: PlanParts,
  node: string,
): Promise<string | undefined> {
  const holders = named.datastores.filter(({ content, hosts }) => content.includes('images') && hosts.includes(node))
  const within = 'id' in reference ? reference.id.split(':', 1)[0] : reference.within
  const asked = holders.filter((store) => within === undefined || fits(store, within))
  const lists = await Promise.all(
    asked.map(({ name: storage }) =>
      platform.api.request('GET /nodes/{node}/storage/{storage}/content', { node, storage, content: 'iso' }, context),
    ),
  )
  const volumes = lists.flat().map(({ volid }) => volid)
  const found = volumes.filter((volid) =>
    'id' in reference ? volid === reference.id : nameOf(volid) === reference.name,
  )
  if (found.length === 1) return found[0]
  const path = 'source.image'
  if (found.length === 0) {
    checks.problems.missing({ path, kind: 'image', reference }, ` among the ISO images that node ${node} reaches`)
  } else {
    const candidates = found.map((volid) => ({ id: volid, name: nameOf(volid) }))
    checks.problems.ambiguous({ path, reference, candidates })
  }
  return undefined
}

function fits(store: Datastore, within: string): boolean {
  return store.name === within || store.id === within || store.within.includes(within)
}

function nameOf(volid: string): string {
  return volid.slice(volid.lastIndexOf('/') + 1)
}
