import { ProxmoxError } from '../../client/error.js'
import { readConfig } from '../locate.js'
import { type Drive, disksOf, drivesOf } from '../map-disks.js'
import { humanBytes, memoryBytesOf } from '../map-sizes.js'
import type { Platform, VmConfig, VmPlace } from '../platform.js'
import { checkNodeCapacity, checkSpace } from './capacity.js'
import type { Checks } from './checks.js'
import type { EndpointFacts } from './facts.js'
import { readNode } from './facts.js'
import { findBridges, findDatastore, findTemplate, type Named, requireStorage, requireUp } from './placing.js'
import type { CreateContext, CreateState, SealedSpec } from './state.js'

export interface PlanParts {
  readonly platform: Platform
  readonly context: CreateContext
  readonly facts: EndpointFacts
  readonly named: Named
  /** Node that the placement names. */
  readonly host: string | undefined
  readonly checks: Checks
}

/** Where the template is, where the clone goes, and whether it fits there. */
export async function planClone(parts: PlanParts): Promise<Partial<CreateState>> {
  const { platform, context, facts, named, checks } = parts
  const { spec } = context.input
  if (spec.source.from !== 'template') return {}
  const row = findTemplate(facts, named, spec.source.template, checks)
  const placed = spec.placement?.datastore
  const datastore = placed && findDatastore(placed, 'placement.datastore', named, parts.host, checks)
  const wish = parts.host ?? (datastore?.hosts.length === 1 ? datastore.hosts[0] : undefined)
  const template = row?.vmid !== undefined && row.node !== undefined ? { vmid: row.vmid, node: row.node } : undefined
  const target = wish ?? template?.node ?? named.hosts.find(({ status }) => status !== 'down')?.id
  const up = [template?.node, target].every((node) => node === undefined || requireUp(node, facts.rows, checks))
  if (target === undefined || !up) return {}
  const linked = spec.source.clone === 'linked'
  const [node, config, linkable] = await Promise.all([
    readNode(platform, target, context.signal),
    template && readTemplate(parts, template),
    !linked || template === undefined || hasCloneFeature(platform, template, context.signal),
  ])
  if (!linkable) checks.unsupported('source.clone', "the template's storage cannot link clones: use 'full'")
  const bridges = findBridges(spec, node, named, checks)
  const diskStorages = findDiskStorages(spec, named, target, checks)
  checkNodeCapacity(facts.rows, target, wantedOf(spec, config), checks)
  if (template === undefined || config === undefined) return {}

  const drives = disksOf(config)
  checkDisks(spec, drives, checks)
  const full = !linked
  const cloneStorage = full ? (datastore?.name ?? commonStorage(diskStorages, drives.length)) : undefined
  if (!full) checkLinked(parts, config, diskStorages, target, template)
  else checkFull(parts, drives, diskStorages, cloneStorage, { target, template })
  const storageOf = (drive: Drive | undefined, index: number): string | undefined =>
    drive === undefined ? (diskStorages[index] ?? cloneStorage ?? drives[0]?.storage) : (cloneStorage ?? drive.storage)
  const wanted = new Map<string, number>()
  const count = Math.max(drives.length, spec.disks?.length ?? 0)
  for (let index = 0; index < count; index++) {
    const drive = drives[index]
    const storage = storageOf(drive, index)
    if (storage === undefined || (!full && drive !== undefined)) continue
    const bytes = Math.max(drive?.sizeBytes ?? 0, spec.disks?.[index]?.sizeBytes ?? 0)
    wanted.set(storage, (wanted.get(storage) ?? 0) + bytes)
  }
  for (const storage of wanted.keys()) requireStorage(node, storage, 'placement.datastore', checks)
  checkSpace(node.storages, wanted, checks)
  return {
    target,
    sourceVmid: template.vmid,
    sourceNode: template.node,
    copies: full ? drives.length : 0,
    ...(cloneStorage !== undefined && { cloneStorage }),
    ...(bridges.length > 0 && { bridges: [...bridges] }),
    diskStorages: newDiskStorages(spec, drives, storageOf),
    storages: [...new Set([...wanted.keys(), ...drivesOf(config).flatMap(({ storage }) => storage ?? [])])],
  }
}

/** Undefined, with the problem noted, when it turns out to be no template. */
async function readTemplate({ platform, context, checks }: PlanParts, place: VmPlace): Promise<VmConfig | undefined> {
  const config = await readConfig(platform.api, place, context.signal)
  if (config.template === true) return config
  checks.problems.invalid('source.template', `is VM ${place.vmid}, which is no template: convert it first`)
  return undefined
}

function wantedOf(spec: SealedSpec, config: VmConfig | undefined): { cpus?: number; memoryBytes?: number } {
  const memoryBytes = spec.memoryBytes ?? (config && memoryBytesOf(config.memory))
  return {
    ...(spec.cpus !== undefined && { cpus: spec.cpus }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  }
}

function checkDisks(spec: SealedSpec, drives: readonly Drive[], { problems }: Checks): void {
  for (const [index, { sizeBytes }] of (spec.disks ?? []).entries()) {
    const least = drives[index]?.sizeBytes
    if (least === undefined || sizeBytes >= least) continue
    const said = `${humanBytes(least)} (${least} bytes)`
    problems.invalid(
      `disks[${index}].sizeBytes`,
      `must be at least ${said}, the size of the template's disk: disks only grow`,
    )
  }
}

/** Storage names of the disks whose datastore the specification names. */
function findDiskStorages(
  spec: SealedSpec,
  named: Named,
  node: string,
  checks: Checks,
): readonly (string | undefined)[] {
  return (spec.disks ?? []).map(({ datastore }, index) =>
    datastore === undefined
      ? undefined
      : findDatastore(datastore, `disks[${index}].datastore`, named, node, checks)?.name,
  )
}

/** A full clone puts all copied disks on one storage: the one that all of them name. */
function commonStorage(storages: readonly (string | undefined)[], copied: number): string | undefined {
  const named = new Set(storages.slice(0, copied).filter((storage) => storage !== undefined))
  return named.size === 1 && storages.length >= copied ? [...named][0] : undefined
}

function checkFull(
  { checks, facts }: PlanParts,
  drives: readonly Drive[],
  diskStorages: readonly (string | undefined)[],
  cloneStorage: string | undefined,
  way: { readonly target: string; readonly template: VmPlace },
): void {
  for (const [index, drive] of drives.entries()) {
    const wish = diskStorages[index]
    if (wish === undefined || wish === (cloneStorage ?? drive.storage)) continue
    checks.problems.invalid(
      `disks[${index}].datastore`,
      'must be the same for all disks of the template: a clone copies them to one storage; set placement.datastore',
    )
  }
  if (way.target === way.template.node) return
  for (const { storage } of drives) {
    if (storage === undefined || isShared(facts, storage)) continue
    checks.problems.invalid(
      'placement.host',
      `must be ${way.template.node}: the template's disks lie on its local storage '${storage}', which ${way.target} does not reach`,
    )
    return
  }
}

function checkLinked(
  parts: PlanParts,
  config: VmConfig,
  diskStorages: readonly (string | undefined)[],
  target: string,
  template: VmPlace,
): void {
  const { checks, facts, context } = parts
  const drives = disksOf(config)
  const moved = drives.some(
    ({ storage }, index) => diskStorages[index] !== undefined && diskStorages[index] !== storage,
  )
  const placed = context.input.spec.placement?.datastore
  const wish = placed && findDatastore(placed, 'placement.datastore', parts.named, target, checks)?.name
  if (moved || (wish !== undefined && drives.some(({ storage }) => storage !== wish))) {
    checks.problems.invalid(
      'source.clone',
      "must be 'full' to use another datastore: a linked clone stays beside its template",
    )
  }
  const local = drives.find(({ storage }) => storage !== undefined && !isShared(facts, storage))
  if (target !== template.node && local) {
    checks.problems.invalid(
      'placement.host',
      `must be ${template.node}: a linked clone needs the template's local storage`,
    )
  }
}

function isShared(facts: EndpointFacts, storage: string): boolean {
  return facts.rows.some((row) => row.type === 'storage' && row.storage === storage && row.shared === true)
}

/** Where the disks go that the template does not have; null for those it has. */
function newDiskStorages(
  spec: SealedSpec,
  drives: readonly Drive[],
  storageOf: (drive: Drive | undefined, index: number) => string | undefined,
): (string | null)[] {
  return (spec.disks ?? []).map((_disk, index) =>
    drives[index] === undefined ? (storageOf(undefined, index) ?? null) : null,
  )
}

/** Can the template's storage link clones to it? */
async function hasCloneFeature(platform: Platform, place: VmPlace, signal: AbortSignal): Promise<boolean> {
  try {
    const { hasFeature } = await platform.api.request(
      'GET /nodes/{node}/qemu/{vmid}/feature',
      { ...place, feature: 'clone' },
      { signal },
    )
    return hasFeature
  } catch (error) {
    // Who may clone may not always ask: then the clone itself says it.
    if (ProxmoxError.isInstance(error) && error.kind === 'permission-denied') return true
    throw error
  }
}
