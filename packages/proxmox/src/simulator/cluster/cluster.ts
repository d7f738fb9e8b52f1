import type { Guest } from './guest.js'

export type ConfigValue = string | number
/** Configuration of a guest in the order of its file. */
export type GuestConfig = Map<string, ConfigValue>

export interface ClusterNode {
  readonly name: string
  readonly nodeId: number
  readonly address: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly rootBytes: number
  /** Seconds since the epoch. */
  readonly bootedAt: number
  readonly fingerprint256: string
  readonly certificatePem: string
  readonly bridges: Bridge[]
  online: boolean
  /** Calls to it fail with 596 although it is up. */
  proxyBroken: boolean
}

export interface Bridge {
  readonly name: string
  readonly cidr?: string
  readonly gateway?: string
  readonly ports: string
  readonly vlanAware: boolean
}

export type StorageType = 'dir' | 'nfs' | 'lvmthin' | 'zfspool'

export interface Storage {
  readonly id: string
  readonly type: StorageType
  readonly content: readonly string[]
  readonly shared: boolean
  /** Only on these nodes; undefined means on all. */
  readonly nodes: readonly string[] | undefined
  /** Where files lie, for `dir` and `nfs`. */
  readonly path: string | undefined
  /** Further keys of the storage's own configuration. */
  readonly options: Readonly<Record<string, string | number>>
  readonly totalBytes: number
  /** Used by things that are no volumes. */
  readonly occupiedBytes: number
  exhausted: boolean
}

export interface Volume {
  /** For example `local-lvm:vm-100-disk-0`. */
  readonly volid: string
  readonly storage: string
  /** Undefined on shared storage. */
  node: string | undefined
  readonly vmid: number | undefined
  readonly content: string
  readonly format: string
  sizeBytes: number
  readonly ctime: number
  /** Volume id of the base of a linked clone. */
  readonly parent: string | undefined
  /** Names of the snapshots it holds. */
  readonly snapshots: Map<string, number>
  notes: string | undefined
  protected: boolean
}

export interface Snapshot {
  readonly name: string
  readonly config: GuestConfig
  readonly snaptime: number
  description: string
  parent: string | undefined
  readonly vmstate: boolean
}

/** A guest that runs. */
export interface RunState {
  readonly pid: number
  /** Milliseconds of the clock. */
  readonly startedAt: number
  /** QEMU's own word for its state. */
  qmpStatus: string
}

export interface Vm {
  readonly kind: 'qemu' | 'lxc'
  readonly vmid: number
  node: string
  /** Lists only write what the statistics knew when they were last broadcast. */
  published: PublishedFigures | undefined
  readonly config: GuestConfig
  /** Changes that wait for the next start; undefined stands for a deletion. */
  readonly pending: Map<string, ConfigValue | undefined>
  readonly snapshots: Map<string, Snapshot>
  running: RunState | undefined
  pool: string | undefined
  /** State that the HA manager was asked for; undefined when the guest is not managed. */
  ha: HaResource | undefined
  guest: Guest
  /** A worker removes it, and holds its lock file: nobody else gets at the id. */
  isBeingRemoved?: boolean
}

export interface HaResource {
  requested: string
  state: string
  comment: string | undefined
  group: string | undefined
}

export interface PublishedFigures {
  readonly status: string
  readonly name: string | undefined
  readonly template: number
  readonly cpus: number
  readonly maxMemory: number
  readonly maxDisk: number
  readonly startedAt: number | undefined
  readonly publishedAt: number
}

export interface Pool {
  readonly id: string
  comment: string | undefined
  readonly storages: Set<string>
}

export interface HaRule {
  readonly id: string
  readonly values: Map<string, string | number>
}

export interface Cluster {
  readonly name: string
  readonly nodes: Map<string, ClusterNode>
  readonly storages: Map<string, Storage>
  readonly pools: Map<string, Pool>
  readonly vms: Map<number, Vm>
  readonly volumes: Map<string, Volume>
  readonly haRules: Map<string, HaRule>
  readonly options: Map<string, string | number>
  quorate: boolean
}

export function nodesInOrder(cluster: Cluster): ClusterNode[] {
  return [...cluster.nodes.values()].sort((a, b) => a.nodeId - b.nodeId)
}

export function storagesOfNode(cluster: Cluster, node: string): Storage[] {
  return [...cluster.storages.values()].filter((storage) => isOnNode(storage, node))
}

export function isOnNode(storage: Storage, node: string): boolean {
  return storage.nodes === undefined || storage.nodes.includes(node)
}
