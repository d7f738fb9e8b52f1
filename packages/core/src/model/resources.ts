import type { ResourceKind } from './references.js'

/** What all kinds of resource have in common. */
export interface ResourceBase<K extends ResourceKind> {
  readonly kind: K
  /** Stable over renames and moves, unique within its kind and endpoint. */
  readonly id: string
  readonly name: string
  /** Ids of what this lies in (host, cluster, datacenter ...), nearest first. */
  readonly within: readonly string[]
  /** The platform knows no such thing; the adapter made this one up so that every platform has one. */
  readonly synthetic?: true
}

export interface Datacenter extends ResourceBase<'datacenter'> {}

export interface Cluster extends ResourceBase<'cluster'> {
  /** Does the cluster have its quorum? Absent where the platform knows no quorum. */
  readonly quorate?: boolean
}

export interface Host extends ResourceBase<'host'> {
  readonly status: 'up' | 'down' | 'maintenance' | 'unknown'
  /** Logical processors. */
  readonly cpus?: number
  /** Fraction of all processors in use, 0 to 1. */
  readonly cpuUsage?: number
  readonly memoryBytes?: number
  readonly memoryUsedBytes?: number
  readonly uptimeSeconds?: number
}

/** What a datastore may hold. */
export type DatastoreContent = 'disks' | 'images' | 'templates' | 'backups' | 'snippets' | 'containers'

export interface Datastore extends ResourceBase<'datastore'> {
  /** The platform's own word for the type of storage: `lvmthin`, `nfs`, `VMFS`. */
  readonly type: string
  readonly accessible: boolean
  /** Can several hosts reach it? */
  readonly shared: boolean
  readonly content: readonly DatastoreContent[]
  readonly capacityBytes?: number
  readonly freeBytes?: number
  /** Ids of the hosts that reach it. */
  readonly hosts: readonly string[]
}

export interface Network extends ResourceBase<'network'> {
  /** The platform's own word: `bridge`, `vnet`, `distributed portgroup`. */
  readonly type: string
  /** The VLAN the network itself carries; absent where the VLAN is chosen per interface. */
  readonly vlanId?: number
  /** Ids of the hosts that have it. */
  readonly hosts: readonly string[]
}

export interface ResourcePool extends ResourceBase<'resource-pool'> {
  readonly description?: string
}

export interface Template extends ResourceBase<'template'> {
  readonly cpus?: number
  readonly memoryBytes?: number
  readonly diskBytes?: number
  readonly tags: readonly string[]
}

/** Any resource, told apart by `kind`. */
export type Resource = Datacenter | Cluster | Host | Datastore | Network | ResourcePool | Template

/** The resource type of a kind. */
export type ResourceOf<K extends ResourceKind> = Extract<Resource, { readonly kind: K }>

/** All kinds in one answer. */
export interface Resources {
  readonly datacenters: readonly Datacenter[]
  readonly clusters: readonly Cluster[]
  readonly hosts: readonly Host[]
  readonly datastores: readonly Datastore[]
  readonly networks: readonly Network[]
  readonly resourcePools: readonly ResourcePool[]
  readonly templates: readonly Template[]
}
