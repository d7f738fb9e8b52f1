// The platform's own vocabulary: what its native calls take and answer. Plain JSON, so that it can be served.

/** The power states that the platform knows. It may show others, which a newer version of it brought. */
export type NativePower =
  | 'HALTED'
  | 'BOOTING'
  | 'UP'
  | 'QUIESCING'
  | 'FROZEN'
  | 'HIBERNATED'
  | 'BUILDING'
  | 'REMOVING'
  | 'MOVING'
  | 'FAULT'

export interface NativeHost {
  id: string
  name: string
  cluster: string
  cpus: number
  memoryBytes: number
  /** A host that is down answers nothing about itself or its VMs. */
  state: 'ready' | 'drained' | 'down'
}

export interface NativeStore {
  id: string
  name: string
  kind: string
  hosts: string[]
  capacityBytes: number
  usedBytes: number
}

export interface NativeNet {
  id: string
  name: string
  vlan?: number
  hosts: string[]
}

export interface NativePool {
  id: string
  name: string
  note?: string
}

/** An installation image. */
export interface NativeImage {
  id: string
  name: string
  store: string
  sizeBytes: number
}

export interface NativeDisk {
  key: string
  volume: string
  store: string
  sizeBytes: number
}

/** What disks lie on. Outlives its VM when the VM is removed with its disks kept. */
export interface NativeVolume {
  id: string
  store: string
  sizeBytes: number
  /** Id and generation of the VM it belongs to. */
  owner?: string
  /** The volume that a linked clone reads from. */
  base?: string
}

export interface NativeNic {
  key: string
  mac: string
  net: string
  vlan?: number
  connected: boolean
  ipv4?: string
  ipv6?: string
}

/** How the guest of a VM behaves, and what it was told. */
export interface NativeGuest {
  /** Through what it can be asked to stop. */
  tools: 'agent' | 'acpi' | 'none'
  /** Does it stop when it is asked? */
  obeys: boolean
  stopMs: number
  bootMs: number
  hostName?: string
  userName?: string
  /** SHA-256 of what it was given: the value itself is in the guest alone. */
  passwordDigest?: string
  userDataDigest?: string
  sshKeys?: string[]
  dns?: string[]
  searchDomains?: string[]
}

export interface NativeVm {
  /** Chosen by the client, free again after removal. */
  id: string
  /** Different for every VM that ever had the id. */
  generation: string
  name: string
  /** Chosen by the client, unique among the VMs of a site while the VM lives. */
  claim?: string
  host: string
  pool?: string
  state: string
  /** Why changes are refused. */
  lock?: string
  /** The task that works on it. */
  task?: string
  cpus: number
  memoryBytes: number
  disks: NativeDisk[]
  nics: NativeNic[]
  image?: string
  metadata: Record<string, string>
  tags: string[]
  note?: string
  firmware: 'bios' | 'uefi'
  guestOs?: string
  guest: NativeGuest
  template: boolean
  /** Share of the processor against others, 1 to 10. */
  priority: number
  createdAt: number
  /** When it came up last; absent while it is not up. */
  bootedAt?: number
  /** Grows with every boot. */
  boots: number
  /** Grows with every change. */
  version: number
}

export interface NativeTask {
  id: string
  /** The call that began it. */
  call: string
  vm?: string
  state: 'running' | 'done' | 'failed' | 'stopped'
  startedAt: number
  endsAt: number
  /** 0 to 1, by the clock. */
  fraction: number
  warnings: string[]
  /** Why it failed. */
  code?: string
  text?: string
}

/** A right that an account may have. */
export type NativeRight = 'look' | 'build' | 'power' | 'remove'

export interface NativeAbout {
  product: string
  version: string
  /** Of the site: what the platform says of itself. */
  serial: string
  site: string
  user: string
  rights: NativeRight[]
}
