import type { StorageType } from '../cluster/cluster.js'

/** What the simulated cluster holds when it starts. */
export interface SeedOptions {
  /** Name of the cluster; default `lab`. */
  readonly clusterName?: string
  /** How many nodes (`pve1`, `pve2`, ...) or their names; default 3. */
  readonly nodes?: number | readonly string[]
  /** Processors of each node; default 32. */
  readonly nodeCpus?: number
  /** Memory of each node; default 128 GiB. */
  readonly nodeMemoryBytes?: number
  /** Default: `debian-13-cloud` (9000, cloud-init drive and agent) and `alma-10` (9001), both on `shared`. */
  readonly templates?: readonly SeedGuest[]
  /** How many guests (`vm-1` from id 10000 on, spread over the nodes, every other one running) or the guests themselves; default 0. */
  readonly vms?: number | readonly SeedGuest[]
  /** Default: `local` (directory), `local-lvm` (thin LVM), `shared` (NFS). */
  readonly storages?: readonly SeedStorage[]
  /** Images to install from, on every storage that takes such; default one of Debian 13. */
  readonly installationImages?: readonly string[]
  /** Default: `vmbr0` with an address, `vmbr1` without one and VLAN aware. */
  readonly bridges?: readonly SeedBridge[]
  readonly pools?: readonly string[]
  readonly users?: readonly SeedUser[]
  readonly acl?: readonly SeedAcl[]
}

export interface SeedGuest {
  readonly vmid: number
  readonly name: string
  /** Default: the first node. */
  readonly node?: string
  /** Default 2. */
  readonly cores?: number
  /** Default 2048. */
  readonly memoryMib?: number
  /** Default 10; 0 makes a guest without a disk. */
  readonly diskGib?: number
  /** Default `shared` where it exists, else the first storage that holds images. */
  readonly storage?: string
  /** Default false; templates never run. */
  readonly running?: boolean
  readonly tags?: string
  readonly pool?: string
  readonly description?: string
  /** Gives the guest a cloud-init drive; default false. */
  readonly cloudInit?: boolean
  /** Enables the agent and installs one in the guest; default false. */
  readonly agent?: boolean
  /** Default true: a system that reacts to the power button. */
  readonly hasSystem?: boolean
}

export interface SeedStorage {
  readonly id: string
  readonly type: StorageType
  /** For example `['images', 'rootdir']`. */
  readonly content: readonly string[]
  readonly shared?: boolean
  readonly nodes?: readonly string[]
  readonly path?: string
  /** Further keys of the storage's configuration, such as `vgname`. */
  readonly options?: Readonly<Record<string, string | number>>
  /** Default 2 TiB. */
  readonly totalBytes?: number
}

export interface SeedBridge {
  readonly name: string
  readonly cidr?: string
  readonly gateway?: string
  readonly ports?: string
  readonly vlanAware?: boolean
}

export interface SeedUser {
  /** `name@realm`. */
  readonly id: string
  readonly password?: string
  readonly groups?: readonly string[]
  readonly tokens?: readonly SeedToken[]
  /** Base32 secret: the login then asks for a second factor. */
  readonly totpSecret?: string
  readonly recoveryCodes?: readonly string[]
}

export interface SeedToken {
  readonly id: string
  readonly secret: string
  /** Default true, as on the platform. */
  readonly privsep?: boolean
}

export interface SeedAcl {
  readonly path: string
  readonly role: string
  /** `name@realm`, `name@realm!token`, or `@group`. */
  readonly subject: string
  /** Default true. */
  readonly propagate?: boolean
}
