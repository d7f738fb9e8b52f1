import type { Cluster, Datacenter, Datastore, Host, Network, Resource, ResourcePool, Template } from '@dcm/core'
import type { ManagedType, Retrieved } from '../client/property-path.js'
import { decodeName } from './map-names.js'

/** What is read of each type of object. */
export const datacenterPaths = ['name', 'parent', 'vmFolder'] as const
export const folderPaths = ['name', 'parent'] as const
export const computePaths = ['name', 'parent', 'resourcePool', 'host'] as const
export const hostPaths = [
  'name',
  'parent',
  'datastore',
  'network',
  'runtime.connectionState',
  'runtime.inMaintenanceMode',
  'summary.hardware.numCpuThreads',
  'summary.hardware.cpuMhz',
  'summary.hardware.numCpuCores',
  'summary.hardware.memorySize',
  'summary.quickStats.overallCpuUsage',
  'summary.quickStats.overallMemoryUsage',
  'summary.quickStats.uptime',
] as const
export const datastorePaths = ['name', 'parent', 'summary'] as const
export const networkPaths = ['name', 'parent'] as const
export const poolPaths = ['name', 'parent', 'owner'] as const
export const templatePaths = [
  'name',
  'parent',
  'config.template',
  'config.hardware.numCPU',
  'config.hardware.memoryMB',
  'summary.storage.committed',
  'runtime.host',
] as const

type Row<Type extends ManagedType, Paths extends readonly string[]> = Retrieved<Type, Paths[number], undefined>

export type DatacenterRow = Row<'Datacenter', typeof datacenterPaths>
export type FolderRow = Row<'Folder', typeof folderPaths>
export type ComputeRow = Row<'ComputeResource', typeof computePaths>
export type HostRow = Row<'HostSystem', typeof hostPaths>
export type DatastoreRow = Row<'Datastore', typeof datastorePaths>
export type NetworkRow = Row<'Network', typeof networkPaths>
export type PoolRow = Row<'ResourcePool', typeof poolPaths>
export type TemplateRow = Row<'VirtualMachine', typeof templatePaths>

/** The rows that the tree is made of, and those asked for. */
export interface InventoryRows {
  readonly datacenters: readonly DatacenterRow[]
  readonly folders: readonly FolderRow[]
  readonly computes: readonly ComputeRow[]
  readonly hosts: readonly HostRow[]
  readonly datastores: readonly DatastoreRow[]
  readonly networks: readonly NetworkRow[]
  readonly pools: readonly PoolRow[]
  readonly templates: readonly TemplateRow[]
}

const mebibyte = 1_048_576
const isPlace = /^(?:Datacenter|ClusterComputeResource|ComputeResource|HostSystem)$/

/** All rows as resources of the port. Ids are the platform's own (`host-12`); names are unescaped. */
export function mapResources(rows: InventoryRows): readonly Resource[] {
  const parents = new Map<string, { readonly type: string; readonly parent: string | undefined }>()
  const tree = [...rows.datacenters, ...rows.folders, ...rows.computes, ...rows.hosts, ...rows.pools]
  for (const { ref, parent } of tree) parents.set(ref.value, { type: ref.type, parent: parent?.value })

  /** Ids of hosts, clusters and datacenters above, nearest first. */
  const above = (start: string | undefined): string[] => {
    const ids: string[] = []
    let id = start
    for (let depth = 0; id !== undefined && depth < 64; depth++) {
      const node = parents.get(id)
      if (node !== undefined && isPlace.test(node.type)) ids.push(id)
      id = node?.parent
    }
    return ids
  }
  const hostsWith = (kind: 'datastore' | 'network', id: string): string[] =>
    rows.hosts.filter((host) => host[kind]?.some(({ value }) => value === id)).map(({ ref }) => ref.value)
  const nameOf = ({ name, ref }: { name: string | undefined; ref: { value: string } }): string =>
    decodeName(name ?? ref.value)

  return [
    ...rows.datacenters.map(
      (row): Datacenter => ({ kind: 'datacenter', id: row.ref.value, name: nameOf(row), within: [] }),
    ),
    ...rows.computes.map(
      (row): Cluster => ({
        kind: 'cluster',
        id: row.ref.value,
        name: nameOf(row),
        within: above(row.parent?.value),
        // A host outside any cluster has a compute resource of its own.
        ...(row.ref.type !== 'ClusterComputeResource' && { synthetic: true as const }),
      }),
    ),
    ...rows.hosts.map((row): Host => mapHost(row, nameOf(row), above(row.parent?.value))),
    ...rows.datastores.map((row): Datastore => {
      const hosts = hostsWith('datastore', row.ref.value)
      return {
        kind: 'datastore',
        id: row.ref.value,
        name: nameOf(row),
        within: above(row.parent?.value),
        type: row.summary?.type ?? 'unknown',
        accessible: row.summary?.accessible ?? false,
        shared: row.summary?.multipleHostAccess ?? hosts.length > 1,
        content: ['disks', 'images', 'templates'],
        ...(row.summary && {
          capacityBytes: Number(row.summary.capacity),
          freeBytes: Number(row.summary.freeSpace),
        }),
        hosts,
      }
    }),
    ...rows.networks.map(
      (row): Network => ({
        kind: 'network',
        id: row.ref.value,
        name: nameOf(row),
        within: above(row.parent?.value),
        type: networkTypes[row.ref.type] ?? row.ref.type,
        hosts: hostsWith('network', row.ref.value),
      }),
    ),
    ...rows.pools.map(
      (row): ResourcePool => ({
        kind: 'resource-pool',
        id: row.ref.value,
        name: nameOf(row),
        within: above(row.owner?.value),
      }),
    ),
    ...rows.templates.map(
      (row): Template => ({
        kind: 'template',
        id: row.ref.value,
        name: nameOf(row),
        within: [...new Set([...above(row['runtime.host']?.value), ...above(row.parent?.value)])],
        ...(row['config.hardware.numCPU'] !== undefined && { cpus: row['config.hardware.numCPU'] }),
        ...(row['config.hardware.memoryMB'] !== undefined && {
          memoryBytes: row['config.hardware.memoryMB'] * mebibyte,
        }),
        ...(row['summary.storage.committed'] !== undefined && { diskBytes: Number(row['summary.storage.committed']) }),
        tags: [],
      }),
    ),
  ]
}

const networkTypes: Readonly<Record<string, string>> = {
  Network: 'network',
  DistributedVirtualPortgroup: 'distributed portgroup',
  OpaqueNetwork: 'opaque network',
}

function mapHost(row: HostRow, name: string, within: string[]): Host {
  const cpus = row['summary.hardware.numCpuThreads']
  const memory = row['summary.hardware.memorySize']
  const used = row['summary.quickStats.overallMemoryUsage']
  const usedMhz = row['summary.quickStats.overallCpuUsage']
  const mhz = (row['summary.hardware.cpuMhz'] ?? 0) * (row['summary.hardware.numCpuCores'] ?? 0)
  const uptime = row['summary.quickStats.uptime']
  return {
    kind: 'host',
    id: row.ref.value,
    name,
    within,
    status: hostStatus(row['runtime.connectionState'], row['runtime.inMaintenanceMode']),
    ...(cpus !== undefined && { cpus }),
    ...(usedMhz !== undefined && mhz > 0 && { cpuUsage: Math.min(1, usedMhz / mhz) }),
    ...(memory !== undefined && { memoryBytes: Number(memory) }),
    ...(used !== undefined && { memoryUsedBytes: used * mebibyte }),
    ...(uptime !== undefined && { uptimeSeconds: uptime }),
  }
}

/** `runtime.connectionState` of a host, total. */
export function hostStatus(connection: string | undefined, maintenance: boolean | undefined): Host['status'] {
  if (connection === 'notResponding' || connection === 'disconnected') return 'down'
  if (connection !== 'connected') return 'unknown'
  return maintenance === true ? 'maintenance' : 'up'
}
