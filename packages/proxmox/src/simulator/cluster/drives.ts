import { failure } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import type { ConfigValue, GuestConfig } from './cluster.js'

export interface Drive {
  /** For example `scsi0`. */
  readonly key: string
  /** Volume id, path, `none` or `cdrom`. */
  readonly file: string
  /** Every option but the file. */
  readonly options: ReadonlyMap<string, string>
  readonly isCdrom: boolean
  readonly isCloudInit: boolean
}

const diskKey =
  /^(?:ide[0-3]|sata[0-5]|scsi(?:[0-9]|[12][0-9]|30)|virtio(?:[0-9]|1[0-5])|efidisk0|tpmstate0|rootfs|mp\d{1,3})$/
const unusedKey = /^unused\d{1,3}$/

export function isDiskKey(key: string): boolean {
  return diskKey.test(key)
}

export function isUnusedKey(key: string): boolean {
  return unusedKey.test(key)
}

export function readDrive(key: string, value: ConfigValue): Drive {
  const options = readPropertyString(String(value), key === 'rootfs' || key.startsWith('mp') ? 'volume' : 'file')
  const file = options.get('file') ?? options.get('volume') ?? ''
  options.delete('file')
  options.delete('volume')
  const isCloudInit = /(?:^|[:/])(?:vm-\d+-)?cloudinit(?:\.|$)/.test(file)
  return { key, file, options, isCdrom: options.get('media') === 'cdrom' || file === 'cdrom', isCloudInit }
}

export function printDrive(file: string, options: Iterable<readonly [string, string]>): string {
  return [file, ...[...options].map(([name, value]) => `${name}=${value}`)].join(',')
}

/** Drives in the order of the configuration, without the unused ones. */
export function drivesOf(config: GuestConfig): Drive[] {
  return [...config].filter(([key]) => isDiskKey(key)).map(([key, value]) => readDrive(key, value))
}

/** Drives that hold data of the guest: no CD-ROM, no cloud-init image. */
export function disksOf(config: GuestConfig): Drive[] {
  return drivesOf(config).filter((drive) => !drive.isCdrom && !drive.isCloudInit)
}

/** Volume ids that a configuration refers to, unused ones included; files of others (installation images) not. */
export function ownedVolumes(config: GuestConfig, vmid: number): string[] {
  const owned = new RegExp(`(?:^|[:/])(?:vm|base|subvol)-${vmid}-`)
  return [...config]
    .filter(([key]) => isDiskKey(key) || isUnusedKey(key) || key === 'vmstate')
    .map(([key, value]) => readDrive(key, value).file)
    .filter((file) => file.includes(':') && owned.test(file))
}

/** The lowest `unusedN` that is free. */
export function freeUnusedKey(config: GuestConfig): string {
  for (let index = 0; index < 256; index += 1) {
    if (!config.has(`unused${index}`)) return `unused${index}`
  }
  throw failure('Too many unused volumes - please delete them first.')
}

/** The disk whose size lists show: the first in the boot order, else the first of all. */
export function bootDisk(config: GuestConfig): Drive | undefined {
  const order = /order=([^,]*)/.exec(String(config.get('boot') ?? ''))?.[1]?.split(';') ?? []
  const disks = disksOf(config).filter((drive) => drive.key !== 'efidisk0' && drive.key !== 'tpmstate0')
  return disks.find((drive) => order.includes(drive.key)) ?? disks[0]
}
