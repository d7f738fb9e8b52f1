import { mib } from '@dcm/core'
import { writeNic } from '../map-nics.js'
import { toMebibytes, writeGibibytes } from '../map-sizes.js'
import { writeTags } from '../map-tags.js'
import { cloudInitOf, ipConfigOf, wantsCloudInit } from './cloud-init.js'
import { extensionOf, type SealedSpec } from './state.js'
import { type ConfigValue, newDisk } from './wanted-config.js'

export interface BlankParts {
  readonly spec: SealedSpec
  readonly bridges: readonly string[]
  readonly diskStorages: readonly (string | null | undefined)[]
  /** Storage for what is no disk of the specification: firmware variables, cloud-init data. */
  readonly sideStorage: string | undefined
  /** Volume id of the installation image. */
  readonly image: string | undefined
  readonly password: string | undefined
  readonly tag: string
  readonly description: string
  readonly pool: string | undefined
}

/** The parameters of POST /nodes/{node}/qemu, its id apart: everything at once, so there is nothing to configure later. */
export function blankConfig(parts: BlankParts): Readonly<Record<string, ConfigValue>> {
  const { spec, bridges, image, tag, description, pool } = parts
  const extension = extensionOf(spec)
  const sockets = extension.sockets ?? 1
  const source = spec.source.from === 'template' ? undefined : spec.source
  const disks = diskParameters(parts)
  const nics = (spec.nics ?? []).map((nic, index): [string, ConfigValue] => [
    `net${index}`,
    writeNic({
      model: 'virtio',
      ...(nic.macAddress !== undefined && { macAddress: nic.macAddress.toUpperCase() }),
      bridge: bridges[index] ?? '',
      ...(nic.vlanId !== undefined && { vlanId: nic.vlanId }),
      linkDown: false,
      others: {},
    }),
  ])
  const order = [
    ...disks.slice(0, 1).map(([key]) => key),
    ...(image === undefined ? [] : ['ide2']),
    ...nics.slice(0, 1).map(([key]) => key),
  ]
  const cloudInit = wantsCloudInit(spec) && parts.sideStorage !== undefined
  return {
    name: spec.name,
    sockets,
    cores: (spec.cpus ?? sockets) / sockets,
    memory: String(toMebibytes(spec.memoryBytes ?? mib(512))),
    ostype: source?.guestOs ?? 'l26',
    scsihw: extension.scsiController ?? 'virtio-scsi-single',
    ...(extension.cpuType !== undefined && { cpu: extension.cpuType }),
    ...(extension.machine !== undefined && { machine: extension.machine }),
    ...(extension.agent !== undefined && { agent: extension.agent ? '1' : '0' }),
    ...(extension.onboot !== undefined && { onboot: extension.onboot }),
    ...(extension.protection !== undefined && { protection: extension.protection }),
    ...firmware(source?.firmware, parts.sideStorage, extension.machine),
    ...Object.fromEntries(disks),
    ...Object.fromEntries(nics),
    ...(image !== undefined && { ide2: `${image},media=cdrom` }),
    ...(cloudInit && {
      ide0: `${parts.sideStorage}:cloudinit`,
      ...cloudInitOf(spec, parts.password),
      ...addresses(spec),
    }),
    ...(order.length > 0 && { boot: `order=${order.join(';')}` }),
    tags: writeTags([...(spec.tags ?? []), tag]),
    description,
    ...(pool !== undefined && { pool }),
  }
}

function diskParameters({ spec, diskStorages }: BlankParts): [string, ConfigValue][] {
  const { diskFormat } = extensionOf(spec)
  return (spec.disks ?? []).flatMap(({ sizeBytes }, index): [string, ConfigValue][] => {
    const storage = diskStorages[index]
    return storage ? [[`scsi${index}`, newDisk(storage, sizeBytes, diskFormat)]] : []
  })
}

function addresses(spec: SealedSpec): Record<string, ConfigValue> {
  const entries = (spec.nics ?? []).map((nic, index): [string, string | undefined] => [
    `ipconfig${index}`,
    ipConfigOf(nic),
  ])
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function firmware(
  kind: 'bios' | 'uefi' | undefined,
  storage: string | undefined,
  machine: string | undefined,
): Record<string, ConfigValue> {
  if (kind !== 'uefi') return {}
  const disk = storage === undefined ? {} : { efidisk0: `${storage}:${writeGibibytes(mib(1024))},efitype=4m` }
  return { bios: 'ovmf', ...(machine === undefined && { machine: 'q35' }), ...disk }
}
