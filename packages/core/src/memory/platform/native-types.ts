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

/** An installation image: what tells it from another one, without its bytes. */
export interface NativeImage {
  /** Chosen by the client: putting it there again is putting it there once. */
  id: string
  name: string
  store: string
  sizeBytes: number
  sha256?: string
}

/** Where VMs are filed, over any number of levels. */
export interface NativeFolder {
  /** Chosen by the client. */
  id: string
  name: string
  parent?: string
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

export interface NativeInterface {
  name: string
  mac?: string
  addresses: string[]
}

/** A program that the guest has: what it prints and how it ends, whatever its arguments. */
export interface NativeProgram {
  exitCode?: number
  stdout?: string
  stderr?: string
  /** How long it takes. Default: no time at all. */
  ms?: number
}

/** How a program ended in a guest. */
export interface NativeExit {
  exitCode: number
  stdout: string
  stderr: string
  truncated: boolean
}

/** What a guest that is up makes its host do. */
export interface NativeLoad {
  /** Of all its processors, 0 to 1. */
  cpu: number
  /** Of its memory, 0 to 1. */
  memory: number
  /** Bytes a second. */
  diskRead: number
  diskWrite: number
  received: number
  sent: number
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
  /** Beside those of the network cards and the loopback one: bridges of containers, tunnels. */
  interfaces?: NativeInterface[]
  /** Beside `true`, `false`, `echo`, `cat`, `hostname` and `sleep`, by the name they are called by. */
  programs?: Record<string, NativeProgram>
  /** Beyond that of a guest with nothing to do. */
  load?: Partial<NativeLoad>
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
  /** Id of the folder that it is filed in. */
  folder?: string
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
  /** Abilities that this site does not have. */
  lacks: string[]
}
