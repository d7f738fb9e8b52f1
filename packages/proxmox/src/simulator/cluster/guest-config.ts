import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { failure } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import type { Cluster, GuestConfig, Vm } from './cluster.js'
import { drivesOf } from './drives.js'

/** 40 hex digits over everything that the configuration file of a guest holds. */
export function digestOf(vm: Vm): string {
  const hash = createHash('sha1')
  for (const [key, value] of vm.config) hash.update(`${key}: ${value}\n`)
  for (const [key, value] of vm.pending) hash.update(`pending ${key}: ${value ?? ''}\n`)
  for (const snapshot of vm.snapshots.values()) {
    hash.update(`[${snapshot.name}] ${snapshot.description} ${snapshot.snaptime} ${snapshot.parent ?? ''}\n`)
  }
  return hash.digest('hex')
}

/** The guest whose configuration lies on this node, or the platform's refusal. */
export function requireVm(cluster: Cluster, node: string, vmid: number, kind: Vm['kind'] = 'qemu'): Vm {
  const vm = cluster.vms.get(vmid)
  if (vm !== undefined && vm.node === node && vm.kind === kind) return vm
  const folder = kind === 'qemu' ? 'qemu-server' : 'lxc'
  throw failure(`Configuration file 'nodes/${node}/${folder}/${vmid}.conf' does not exist`)
}

export function requireUnlocked(vm: Vm): void {
  const lock = vm.config.get('lock')
  if (lock !== undefined) throw failure(`${vm.kind === 'lxc' ? 'CT' : 'VM'} is locked (${lock})`)
}

export function requireDigest(vm: Vm, digest: string | undefined): void {
  if (digest !== undefined && digest !== digestOf(vm)) {
    throw failure('checksum mismatch (file change by other user?)')
  }
}

export function isTemplate(vm: Vm): boolean {
  return vm.config.get('template') === 1
}

/** What every new or cloned configuration gets anew. */
export function newIdentity(): { readonly smbios1: string; readonly vmgenid: string } {
  return { smbios1: `uuid=${randomUUID()}`, vmgenid: randomUUID() }
}

/** A unicast address under the platform's own prefix. */
export function newMacAddress(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
  return ['BC', '24', '11', ...tail].join(':')
}

/** Completes and normalises a network device: model first with its address, as in `virtio=BC:24:..,bridge=vmbr0`. */
export function normaliseNetwork(value: string): string {
  const options = readPropertyString(value, 'model')
  const shorthand = [...options].find(([key]) => networkModels.has(key))
  const model = options.get('model') ?? shorthand?.[0] ?? 'virtio'
  const address = options.get('macaddr') ?? shorthand?.[1] ?? newMacAddress()
  const rest = [...options].filter(([key]) => key !== 'model' && key !== 'macaddr' && key !== shorthand?.[0])
  return [`${model}=${address.toUpperCase()}`, ...rest.map(([key, option]) => `${key}=${option}`)].join(',')
}

const networkModels: ReadonlySet<string> = new Set([
  'e1000',
  'e1000-82540em',
  'e1000-82544gc',
  'e1000-82545em',
  'e1000e',
  'i82551',
  'i82557b',
  'i82559er',
  'ne2k_isa',
  'ne2k_pci',
  'pcnet',
  'rtl8139',
  'virtio',
  'vmxnet3',
])

/** Sorted, without duplicates, joined by semicolons. */
export function normaliseTags(value: string): string {
  const tags = value.split(/[;,\s]+/).filter((tag) => tag !== '')
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].sort().join(';')
}

/** What the platform writes for a guest that names no boot order. */
export function defaultBoot(config: GuestConfig): string {
  const drives = drivesOf(config).filter((drive) => !['efidisk0', 'tpmstate0'].includes(drive.key))
  const disk = drives.find((drive) => !drive.isCdrom && !drive.isCloudInit)
  const cdrom = drives.find((drive) => drive.isCdrom && !drive.isCloudInit)
  const network = [...config.keys()].find((key) => /^net\d+$/.test(key))
  const order = [disk?.key, cdrom?.key, network].filter((key) => key !== undefined)
  return order.length === 0 ? ' ' : `order=${order.join(';')}`
}

export function memoryMib(config: GuestConfig): number {
  const memory = config.get('memory')
  if (memory === undefined) return 512
  return Number(readPropertyString(String(memory), 'current').get('current') ?? 512)
}

export function cpuCount(config: GuestConfig): number {
  const all = Number(config.get('sockets') ?? 1) * Number(config.get('cores') ?? 1)
  return Number(config.get('vcpus') ?? all)
}

export function isAgentEnabled(config: GuestConfig): boolean {
  const agent = config.get('agent')
  if (agent === undefined) return false
  return /^(?:1|on|yes|true)$/i.test(readPropertyString(String(agent), 'enabled').get('enabled') ?? '0')
}
