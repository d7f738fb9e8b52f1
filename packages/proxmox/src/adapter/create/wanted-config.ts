import { parsePropertyString } from '../../client/property-string.js'
import { decodeSshKeys } from '../../client/ssh-keys.js'
import { type Drive, disksOf, drivesOf, freeDriveKey } from '../map-disks.js'
import { type Nic, nicsOf, sameNic, writeNic } from '../map-nics.js'
import { memoryBytesOf, toMebibytes, writeGibibytes } from '../map-sizes.js'
import { userTags, writeTags } from '../map-tags.js'
import { agentEnabled } from '../map-vm-info.js'
import type { VmConfig } from '../platform.js'
import { cloudInitOf, ipConfigOf, wantsCloudInit } from './cloud-init.js'
import { extensionOf, type SealedSpec } from './state.js'

export type ConfigValue = string | number | boolean

/** What has to change on a fresh clone. */
export interface WantedConfig {
  readonly changes: Readonly<Record<string, ConfigValue>>
  /** Disks to grow afterwards: key and bytes. */
  readonly grow: readonly (readonly [string, number])[]
  /** Cloud-init's data changed, so its drive has to be written anew. */
  readonly seed: boolean
}

export interface WantedParts {
  readonly spec: SealedSpec
  /** The clone's configuration as it was read just now. */
  readonly config: VmConfig
  /** Bridge of each interface of the specification. */
  readonly bridges: readonly string[]
  /** Storage of each disk of the specification that the clone does not have. */
  readonly diskStorages: readonly (string | null | undefined)[]
  readonly password: string | undefined
  readonly tag: string
}

/**
 * The difference between a clone and its specification. Interfaces keep the MAC address that the clone got: written
 * without one they would get another. Only what differs is in it, so that nothing is sent twice.
 */
export function wantedConfig(parts: WantedParts): WantedConfig {
  const { spec, config } = parts
  const seedChanges = cloudInitChanges(parts)
  const wanted: Record<string, ConfigValue> = {
    ...processors(spec, config),
    ...memory(spec, config),
    ...options(spec, config),
    ...interfaces(parts),
    ...newDisks(parts),
    ...seedChanges,
    tags: writeTags([...(spec.tags ?? userTags(config.tags)), parts.tag]),
  }
  const changes = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => !isSame(key, value, config)))
  const drives = disksOf(config)
  const grow = (spec.disks ?? []).flatMap(({ sizeBytes }, index): (readonly [string, number])[] => {
    const drive = drives[index]
    return drive && (drive.sizeBytes ?? 0) < sizeBytes ? [[drive.key, sizeBytes]] : []
  })
  return { changes, grow, seed: Object.keys(seedChanges).some((key) => key in changes) }
}

function processors(spec: SealedSpec, config: VmConfig): Record<string, ConfigValue> {
  const { cpuType, sockets } = extensionOf(spec)
  const count = sockets ?? 1
  return {
    ...(spec.cpus !== undefined && { sockets: count, cores: spec.cpus / count }),
    // Fewer processors plugged in than there are would be a surprise.
    ...(spec.cpus !== undefined && config.vcpus !== undefined && { vcpus: spec.cpus }),
    ...(cpuType !== undefined && { cpu: cpuType }),
  }
}

function memory(spec: SealedSpec, config: VmConfig): Record<string, ConfigValue> {
  if (spec.memoryBytes === undefined) return {}
  const mebibytes = toMebibytes(spec.memoryBytes)
  // The balloon's lower limit may not lie above the memory.
  const balloon = config.balloon !== undefined && config.balloon > mebibytes
  return { memory: String(mebibytes), ...(balloon && { balloon: mebibytes }) }
}

function options(spec: SealedSpec, config: VmConfig): Record<string, ConfigValue> {
  const { onboot, protection, agent, machine, scsiController } = extensionOf(spec)
  return {
    ...(onboot !== undefined && { onboot }),
    ...(protection !== undefined && { protection }),
    ...(agent !== undefined && agent !== agentEnabled(config) && { agent: agent ? '1' : '0' }),
    ...(machine !== undefined && { machine }),
    ...(scsiController !== undefined && { scsihw: scsiController }),
  }
}

function interfaces({ spec, config, bridges }: WantedParts): Record<string, ConfigValue> {
  const present = nicsOf(config)
  const used = new Set(present.map(({ key }) => key))
  const wanted: Record<string, ConfigValue> = {}
  for (const [index, nic] of (spec.nics ?? []).entries()) {
    const old = present[index]
    const key = old?.key ?? freeNic(used)
    used.add(key)
    const macAddress = nic.macAddress?.toUpperCase() ?? old?.macAddress
    const next: Omit<Nic, 'key'> = {
      model: old?.model ?? 'virtio',
      ...(macAddress !== undefined && { macAddress }),
      bridge: bridges[index] ?? '',
      ...(nic.vlanId !== undefined && { vlanId: nic.vlanId }),
      linkDown: false,
      others: old?.others ?? {},
    }
    if (old === undefined || !sameNic(old, next)) wanted[key] = writeNic(next)
  }
  return wanted
}

function freeNic(used: ReadonlySet<string>): string {
  let index = 0
  while (used.has(`net${index}`)) index++
  return `net${index}`
}

function newDisks({ spec, config, diskStorages }: WantedParts): Record<string, ConfigValue> {
  const drives = drivesOf(config)
  const disks = disksOf(config)
  const used = new Set(drives.map(({ key }) => key))
  const bus = disks[0]?.key.replace(/\d+$/, '') ?? 'scsi'
  const { diskFormat } = extensionOf(spec)
  const wanted: Record<string, ConfigValue> = {}
  for (const [index, disk] of (spec.disks ?? []).entries()) {
    const storage = diskStorages[index] ?? disks[0]?.storage
    if (disks[index] !== undefined || storage === undefined) continue
    const key = freeDriveKey(used, [bus, 'scsi', 'virtio', 'sata'])
    if (key === undefined) continue
    used.add(key)
    wanted[key] = newDisk(storage, disk.sizeBytes, diskFormat)
  }
  return wanted
}

/** A disk to be allocated: `<storage>:<GiB>`. */
export function newDisk(storage: string, sizeBytes: number, format: string | undefined): string {
  return `${storage}:${writeGibibytes(sizeBytes)}${format === undefined ? '' : `,format=${format}`}`
}

/** Parameters of cloud-init, with a drive for them where the clone has none. */
function cloudInitChanges({ spec, config, diskStorages, password }: WantedParts): Record<string, ConfigValue> {
  if (!wantsCloudInit(spec)) return {}
  const present = nicsOf(config)
  const wanted: Record<string, ConfigValue> = { ...cloudInitOf(spec, password) }
  for (const [index, nic] of (spec.nics ?? []).entries()) {
    const text = ipConfigOf(nic)
    const number = present[index]?.key.slice(3) ?? String(index)
    if (text !== undefined) wanted[`ipconfig${number}`] = text
  }
  const drives = drivesOf(config)
  if (drives.some(({ kind }) => kind === 'cloud-init')) return wanted
  const storage = firstStorage(drives, diskStorages)
  const key = freeDriveKey(new Set(drives.map((drive) => drive.key)), ['ide', 'sata', 'scsi'])
  return storage === undefined || key === undefined ? wanted : { ...wanted, [key]: `${storage}:cloudinit` }
}

function firstStorage(
  drives: readonly Drive[],
  diskStorages: readonly (string | null | undefined)[],
): string | undefined {
  return (
    drives.find(({ kind, storage }) => kind === 'disk' && storage)?.storage ??
    diskStorages.find((storage) => storage) ??
    undefined
  )
}

/** Does the configuration say this already? A password reads back as stars, and may be any. */
function isSame(key: string, value: ConfigValue, config: VmConfig): boolean {
  const current = (config as Readonly<Record<string, unknown>>)[key]
  if (key === 'vcpus') return current === value
  if (key === 'sockets' || key === 'cores') return (current ?? 1) === value
  if (key === 'memory') return memoryBytesOf(config.memory) === Number(value) * 1024 ** 2
  if (key === 'cipassword' || current === undefined) return false
  if (key === 'tags') return sameWords(String(current), String(value), /[;, ]+/)
  if (key === 'nameserver' || key === 'searchdomain') return sameWords(String(current), String(value), /[, ]+/)
  if (key === 'sshkeys') return decodeSshKeys(String(current)).join('\n') === decodeSshKeys(String(value)).join('\n')
  if (key === 'cpu') return parsePropertyString(String(current), { defaultKey: 'cputype' }).cputype === value
  if (typeof value === 'boolean') return current === value
  return String(current) === String(value)
}

function sameWords(one: string, other: string, between: RegExp): boolean {
  const words = (text: string): string =>
    [...new Set(text.split(between).filter((word) => word !== ''))].sort().join(' ')
  return words(one) === words(other)
}
