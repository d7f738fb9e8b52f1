import type { VsphereClient } from '../client/client.js'
import { reference } from '../client/reference.js'
import {
  computePaths,
  datacenterPaths,
  datastorePaths,
  folderPaths,
  hostPaths,
  type InventoryRows,
  type NetworkRow,
  networkPaths,
  poolPaths,
  type TemplateRow,
  templatePaths,
} from './map-resources.js'
import { shareReads } from './share-reads.js'

/** Objects of one page; the platform may give fewer. */
export const pageSize = 1_000

/** One read for each type of objects, shared by all who ask for it at once. */
export type InventoryReads = {
  readonly [Kind in keyof InventoryRows]: (signal: AbortSignal) => Promise<InventoryRows[Kind]>
} & {
  /** What is read of templates, of all VMs that are none. */
  readonly vms: (signal: AbortSignal) => Promise<readonly TemplateRow[]>
}

/** What the account may not read is undefined in its row. */
const partial = { missing: 'allow', pageSize } as const

type ReadAll = typeof partial & { readonly signal: AbortSignal }

export function createInventoryReads(api: VsphereClient): InventoryReads {
  const share = <Row>(open: (options: ReadAll) => AsyncIterable<Row>) =>
    shareReads((signal) => collect(open({ ...partial, signal })))
  return {
    datacenters: share((options) => api.retrieve('Datacenter', datacenterPaths, options)),
    folders: share((options) => api.retrieve('Folder', folderPaths, options)),
    computes: share((options) => api.retrieve('ComputeResource', computePaths, options)),
    hosts: share((options) => api.retrieve('HostSystem', hostPaths, options)),
    datastores: share((options) => api.retrieve('Datastore', datastorePaths, options)),
    networks: shareReads((signal) => readNetworks(api, { ...partial, signal })),
    pools: share((options) => api.retrieve('ResourcePool', poolPaths, options)),
    templates: shareReads((signal) => readTemplates(api, signal)),
    vms: shareReads(async (signal) => {
      const rows = await collect(api.retrieve('VirtualMachine', templatePaths, { ...partial, signal }))
      return rows.filter((row) => row['config.template'] !== true)
    }),
  }
}

/** Templates are VMs: one property of each VM tells which, and these alone are read. */
async function readTemplates(api: VsphereClient, signal: AbortSignal): Promise<readonly TemplateRow[]> {
  const found: string[] = []
  for await (const row of api.retrieve('VirtualMachine', ['config.template'], { ...partial, signal })) {
    if (row['config.template'] === true) found.push(row.ref.value)
  }
  const templates = found.map((id) => reference('VirtualMachine', id))
  const rows = await collect(api.readMany(templates, 'VirtualMachine', templatePaths, { ...partial, signal }))
  return rows.filter((row) => row['config.template'] === true)
}

/** Networks that a card can be plugged into: a distributed switch has port groups of its uplinks besides. */
async function readNetworks(api: VsphereClient, options: ReadAll): Promise<readonly NetworkRow[]> {
  const rows = await collect(api.retrieve('Network', networkPaths, options))
  const groups = rows.map(({ ref }) => ref).filter(({ type }) => type === 'DistributedVirtualPortgroup')
  const uplinks = new Set<string>()
  for await (const row of api.readMany(groups, 'DistributedVirtualPortgroup', ['config.uplink'], options)) {
    if (row['config.uplink'] === true) uplinks.add(row.ref.value)
  }
  return rows.filter(({ ref }) => !uplinks.has(ref.value))
}

async function collect<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}
