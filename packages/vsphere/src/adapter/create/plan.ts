import {
  collectProblems,
  isWithin,
  type ProblemCollector,
  type Reference,
  type ReferenceCandidate,
  type Resource,
  type ResourceKind,
  type ResourceOf,
  resolveReference,
} from '@dcm/core'
import { reference } from '../../client/reference.js'
import { readInventory } from '../inventory.js'
import type { LibraryItem } from '../library/library-items.js'
import { type MeantTemplate, resolveTemplate } from '../library/library-template.js'
import { findVm, readVm } from '../locate.js'
import { decodeName } from '../map-names.js'
import { type InventoryRows, mapResources } from '../map-resources.js'
import { bytesOfDisk, type DetailRow, isDisk, isNic } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { checkGuest, checkNoGuest } from './check-guest.js'
import { checkInstant } from './instant.js'
import { checkItem, mapNetworks, readRequirements } from './item.js'
import { findPod } from './pod.js'
import {
  type CreateContext,
  type CreateState,
  extensionOf,
  isInstant,
  type NetworkBacking,
  type SealedSpec,
} from './state.js'

/** Everything that one plan looks at. */
interface Survey {
  readonly spec: SealedSpec
  readonly rows: InventoryRows
  readonly resources: readonly Resource[]
  readonly problems: ProblemCollector
}

/** Resolves and checks all that the specification names, all problems at once, before anything is written. */
export async function plan(
  platform: Platform,
  { input, marker, signal }: CreateContext,
): Promise<{ readonly done: true; readonly state: Partial<CreateState> }> {
  const { spec } = input
  const kinds = new Set<ResourceKind>(['host', 'datastore', 'network', 'resource-pool'])
  const { source } = spec
  const instant = isInstant(spec)
  if (source.from === 'template' && 'name' in source.template) kinds.add('template')
  // Where running VMs are copied, they stand in the templates' place.
  const { version } = await platform.facts()
  const rows = await readInventory(platform, kinds, signal, instant ? 'vms' : 'templates')
  const survey: Survey = { spec, rows, resources: mapResources(rows), problems: collectProblems() }
  const meant = source.from === 'template' ? await findSource(platform, survey, source.template, signal) : undefined
  const template = meant?.is === 'vm' ? meant.row : undefined
  const item = meant?.is === 'item' ? meant.item : undefined
  const place = findPlace(survey, template)
  const datastores = place && findDatastores(survey, place, template, item !== undefined)
  if (template !== undefined)
    instant
      ? checkInstant(spec, template, survey.problems)
      : checkTemplate({ spec }, template, version, survey.problems)
  else if (source.from !== 'template') checkBlank(survey)
  await checkTags(platform, survey, signal)
  const networks = place === undefined ? [] : findNetworks(survey, place)
  const deployment = item && place && (await planItem(platform, survey, { item, place, networks }, signal))
  survey.problems.throwIfAny('the specification')
  const snapshot =
    source.from === 'template' && source.clone === 'linked' ? template?.['snapshot.currentSnapshot'] : undefined
  return {
    done: true,
    state: {
      ...(marker && { id: marker.key }),
      ...place?.state,
      ...datastores,
      networks: await backingsOf(platform, survey, networks, signal),
      ...deployment,
      ...(template && { source: template.ref.value }),
      ...(snapshot && { snapshot: snapshot.value }),
    },
  }
}

function ofKind<K extends ResourceKind>(survey: Survey, kind: K): ResourceOf<K>[] {
  return survey.resources.filter((one): one is ResourceOf<K> => one.kind === kind)
}

/** A template, a running VM for an instant clone, or an OVF item. */
type Source = { readonly is: 'vm'; readonly row: DetailRow } | Extract<MeantTemplate, { readonly is: 'item' }>

async function findSource(
  platform: Platform,
  survey: Survey,
  wanted: Reference,
  signal: AbortSignal,
): Promise<Source | undefined> {
  const target = {
    path: 'source.template',
    kind: 'template',
    containers: [...ofKind(survey, 'datacenter'), ...ofKind(survey, 'cluster'), ...ofKind(survey, 'host')],
  } as const
  const meant = await resolveTemplate(platform, wanted, ofKind(survey, 'template'), target, survey.problems, signal)
  if (meant?.is !== 'vm') return meant
  const instant = isInstant(survey.spec)
  const row = instant ? await findVm(platform, meant, signal) : await readVm(platform, meant.id, signal)
  if (row !== undefined && (row['config.template'] === true) !== instant) return { is: 'vm', row }
  const what = instant ? ' - that is a template, which cannot run' : ' - that is a VM, not a template'
  const { path, kind } = target
  survey.problems.missing({ path, kind, reference: wanted }, row === undefined ? '' : what)
  return undefined
}

interface Place {
  readonly computeId: string
  readonly datacenterId: string | undefined
  readonly hosts: readonly string[]
  readonly state: Partial<CreateState>
}

/** Where the VM shall live: the pool decides, and a cluster or host stands for its root pool. */
function findPlace(survey: Survey, template: DetailRow | undefined): Place | undefined {
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

function findDatastores(
  survey: Survey,
  place: Place,
  template: DetailRow | undefined,
  isItem: boolean,
): Partial<CreateState> {
  const { spec, problems, rows } = survey
  const { storagePod } = extensionOf(spec)
  const all = ofKind(survey, 'datastore').filter(
    ({ within }) => place.datacenterId === undefined || within.includes(place.datacenterId),
  )
  const pick = (wanted: Reference, path: string): [string, string] | null => {
    const found = resolveReference(wanted, all, { path, kind: 'datastore' }, problems)
    if (found === undefined) return null
    if (!place.hosts.some((host) => found.hosts.includes(host))) {
      problems.invalid(path, `'${found.name}' is not reachable from the place of the VM`)
    }
    return [found.id, found.name]
  }
  const diskDatastores = (spec.disks ?? []).map(({ datastore }, index) =>
    datastore === undefined ? null : pick(datastore, `disks[${index}].datastore`),
  )
  const wanted = spec.placement?.datastore
  if (storagePod !== undefined) {
    if (wanted !== undefined)
      problems.invalid('placement.datastore', 'cannot stand beside extensions.vsphere.storagePod')
    const pod = findPod(rows, storagePod, place.datacenterId, problems)
    return { diskDatastores, ...(pod !== undefined && { pod }) }
  }
  if (wanted !== undefined) {
    const found = pick(wanted, 'placement.datastore')
    return { diskDatastores, ...(found && { datastore: found[0], datastoreName: found[1] }) }
  }
  // A clone stays with its template's disks where its hosts reach them.
  const homes = new Set(template?.datastore?.map(({ value }) => value))
  const reachable = all.filter(
    ({ accessible, hosts }) => accessible && place.hosts.some((host) => hosts.includes(host)),
  )
  if (template !== undefined && reachable.some(({ id }) => homes.has(id))) return { diskDatastores }
  // A template that was not found is one problem; that it tells no datastore is no second one.
  if (template === undefined && spec.source.from !== 'blank' && !isItem) return { diskDatastores }
  const [only, other] = reachable
  if (only === undefined || other !== undefined) {
    const names = reachable.slice(0, 5).map(({ name }) => name)
    problems.invalid(
      'placement.datastore',
      `is needed: ${names.length === 0 ? 'none is reachable' : `there are ${names.join(', ')}`}`,
    )
    return { diskDatastores }
  }
  return { diskDatastores, datastore: only.id, datastoreName: only.name }
}

export function checkTemplate(
  { spec }: { readonly spec: SealedSpec },
  template: DetailRow,
  version: string,
  problems: ProblemCollector,
): void {
  checkGuest(spec, template, version, problems)
  const disks = (template['config.hardware.device'] ?? []).filter(isDisk)
  for (const [index, { sizeBytes }] of (spec.disks ?? []).entries()) {
    const disk = disks[index]
    if (disk !== undefined && sizeBytes < bytesOfDisk(disk)) {
      problems.invalid(`disks[${index}].sizeBytes`, `is smaller than the template's disk of ${bytesOfDisk(disk)} bytes`)
    }
  }
  if (spec.source.from === 'template' && spec.source.clone === 'linked' && !template['snapshot.currentSnapshot']) {
    problems.invalid(
      'source.clone',
      "cannot be 'linked': the template has no snapshot that a linked clone could hang on",
    )
  }
  const nics = (template['config.hardware.device'] ?? []).filter(isNic).length
  const { customization, nics: wanted = [] } = spec
  const customized =
    customization?.hostname ?? customization?.dnsServers ?? wanted.find(({ ipv4, ipv6 }) => ipv4 ?? ipv6)
  if (customized !== undefined && nics === 0 && wanted.length === 0) {
    problems.invalid('customization', 'needs a network interface: the template has none')
  }
}

async function checkTags(platform: Platform, { spec, problems }: Survey, signal: AbortSignal): Promise<void> {
  const { tags = [] } = spec
  if (tags.length === 0) return
  const { isVcenter } = await platform.facts()
  if (!isVcenter) problems.invalid('tags', 'cannot be given: a bare ESXi host has no tags')
  else for (const { path, message } of await platform.tags.check(tags, signal)) problems.invalid(path, message)
}

function checkBlank({ spec, problems }: Survey): void {
  checkNoGuest(spec, problems)
  if (spec.cpus === undefined) problems.invalid('cpus', 'is required for a blank VM')
  if (spec.memoryBytes === undefined) problems.invalid('memoryBytes', 'is required for a blank VM')
  if (spec.customization?.hostname !== undefined) {
    problems.invalid('customization.hostname', 'needs a template: a blank VM has no guest yet')
  }
}

/** Networks that the place reaches. */
function networksOf(survey: Survey, { datacenterId }: Place): ResourceOf<'network'>[] {
  return ofKind(survey, 'network').filter(({ within }) => datacenterId === undefined || within.includes(datacenterId))
}

/** Ids of the networks of the specification's cards. */
function findNetworks(survey: Survey, place: Place): string[] {
  const { spec, problems } = survey
  const all = networksOf(survey, place)
  const found = (spec.nics ?? []).map(({ network, vlanId }, index) => {
    if (vlanId !== undefined) {
      problems.invalid(`nics[${index}].vlanId`, 'belongs to the port group here: choose a network that carries it')
    }
    return resolveReference(network, all, { path: `nics[${index}].network`, kind: 'network' }, problems)
  })
  return found.flatMap((network) => network?.id ?? [])
}

/** What an OVF item asks for at this place, and how its networks are mapped. */
async function planItem(
  platform: Platform,
  survey: Survey,
  {
    item,
    place,
    networks,
  }: { readonly item: LibraryItem; readonly place: Place; readonly networks: readonly string[] },
  signal: AbortSignal,
): Promise<Partial<CreateState>> {
  const asked = await readRequirements(platform, { ...place.state, item: item.id }, signal)
  checkItem(survey.spec, asked, survey.problems)
  const here = networksOf(survey, place)
  const networkMappings = mapNetworks(asked, networks, (name) => here.find((one) => one.name === name)?.id)
  return { item: item.id, networkMappings }
}

async function backingsOf(
  platform: Platform,
  { rows }: Survey,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<NetworkBacking[]> {
  const backings: NetworkBacking[] = []
  for (const id of networks) {
    const row = rows.networks.find(({ ref }) => ref.value === id)
    if (row !== undefined) backings.push(await backingOf(platform, row.ref, row.name ?? '', signal))
  }
  return backings
}

/** How a card is plugged into this network: one more read where the network is distributed or opaque. */
export async function backingOf(
  platform: Platform,
  { type, value }: { readonly type: string; readonly value: string },
  name: string,
  signal: AbortSignal,
): Promise<NetworkBacking> {
  if (type === 'DistributedVirtualPortgroup') {
    const group = reference(type, value)
    const { key, 'config.distributedVirtualSwitch': owner } = await platform.api.read(
      group,
      'DistributedVirtualPortgroup',
      ['key', 'config.distributedVirtualSwitch'],
      { signal },
    )
    const { uuid } = owner
      ? await platform.api.read(owner, 'DistributedVirtualSwitch', ['uuid'], { signal })
      : { uuid: '' }
    return { kind: 'distributed', switchUuid: uuid, portgroupKey: key }
  }
  if (type === 'OpaqueNetwork') {
    const { summary } = await platform.api.read(reference(type, value), 'OpaqueNetwork', ['summary'], { signal })
    if (summary !== undefined && 'opaqueNetworkId' in summary) {
      return { kind: 'opaque', id: summary.opaqueNetworkId, type: summary.opaqueNetworkType }
    }
  }
  return { kind: 'standard', name, network: value }
}
