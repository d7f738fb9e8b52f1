import { parsePropertyString } from '../client/property-string.js'
import { parseSize } from './map-sizes.js'

/** A drive of a configuration. */
export interface Drive {
  /** `scsi0`, `virtio1`, ... */
  readonly key: string
  /** Volume id (`local-lvm:vm-100-disk-0`), path, or `none` for an empty CD drive. */
  readonly volume: string
  /** Storage that the volume lies on; undefined for a device passed through by path. */
  readonly storage?: string
  readonly sizeBytes?: number
  readonly kind: 'disk' | 'cdrom' | 'cloud-init' | 'state'
}

const driveKey = /^(?:(?:scsi|virtio|sata|ide)\d+|efidisk0|tpmstate0)$/
const stateKey = /^(?:efidisk0|tpmstate0)$/
const busOrder: readonly string[] = ['scsi', 'virtio', 'sata', 'ide']

/** How many drives each bus has room for. */
export const busSizes: Readonly<Record<string, number>> = { scsi: 31, virtio: 16, sata: 6, ide: 4 }

/** Reads a drive's property string; undefined for keys that are no drives. */
export function parseDrive(key: string, value: unknown): Drive | undefined {
  if (!driveKey.test(key) || typeof value !== 'string') return undefined
  const properties = parsePropertyString(value, { defaultKey: 'file' })
  const volume = properties.file ?? 'none'
  const storage = /^([A-Za-z][A-Za-z0-9._-]*):./.exec(volume)?.[1]
  const sizeBytes = properties.size === undefined ? undefined : parseSize(properties.size)
  return {
    key,
    volume,
    ...(storage !== undefined && { storage }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    kind: kindOf(key, volume, properties.media),
  }
}

function kindOf(key: string, volume: string, media: string | undefined): Drive['kind'] {
  if (stateKey.test(key)) return 'state'
  if (/[:/]?(?:vm-\d+-)?cloudinit/.test(volume)) return 'cloud-init'
  return media === 'cdrom' || volume === 'none' ? 'cdrom' : 'disk'
}

/** All drives of a configuration, disks in the order that the port numbers them: the boot disk, then by bus and number. */
export function drivesOf(config: object): readonly Drive[] {
  const drives: Drive[] = []
  for (const [key, value] of Object.entries(config)) {
    const drive = parseDrive(key, value)
    if (drive) drives.push(drive)
  }
  const boot = bootOrder(config)
  return drives.sort((one, other) => rank(one.key, boot) - rank(other.key, boot))
}

/** The disks alone: no CD drives, no cloud-init drive, no firmware state. */
export function disksOf(config: object): readonly Drive[] {
  return drivesOf(config).filter((drive) => drive.kind === 'disk')
}

/** Volumes that belong to the VM itself, unused ones included. */
export function volumesOf(config: object): readonly string[] {
  const volumes = drivesOf(config)
    .filter((drive) => drive.kind !== 'cdrom' && drive.storage !== undefined)
    .map((drive) => drive.volume)
  for (const [key, value] of Object.entries(config)) {
    if (/^unused\d+$/.test(key) && typeof value === 'string') volumes.push(value.split(',')[0] ?? value)
  }
  return volumes
}

/** The first free key of a bus, or undefined when it is full. */
export function freeDriveKey(used: ReadonlySet<string>, buses: readonly string[]): string | undefined {
  for (const bus of buses) {
    for (let index = 0; index < (busSizes[bus] ?? 0); index++) if (!used.has(`${bus}${index}`)) return `${bus}${index}`
  }
  return undefined
}

function bootOrder(config: object): readonly string[] {
  const boot = 'boot' in config && typeof config.boot === 'string' ? config.boot : ''
  const order = /order=([^,]*)/.exec(boot)?.[1]
  if (order !== undefined) return order.split(';')
  return 'bootdisk' in config && typeof config.bootdisk === 'string' ? [config.bootdisk] : []
}

function rank(key: string, boot: readonly string[]): number {
  const bus = key.replace(/\d+$/, '')
  const place = busOrder.indexOf(bus)
  const number = Number(/\d+$/.exec(key)?.[0] ?? 0)
  const booted = boot.indexOf(key)
  return booted >= 0 ? booted - 1000 : (place < 0 ? busOrder.length : place) * 100 + number
}
