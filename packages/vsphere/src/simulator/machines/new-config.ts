import { randomUUID } from 'node:crypto'
import type { Vim25Types } from '../../generated/types.js'
import { invalidArgument } from '../fault.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { standardDevices } from './devices.js'
import { type Config, changeVersion } from './machine.js'
import { displayName } from './names.js'

const guestNames: Readonly<Record<string, string>> = {
  debian12_64Guest: 'Debian GNU/Linux 12 (64-bit)',
  otherLinux64Guest: 'Other Linux (64-bit)',
  otherGuest: 'Other (32-bit)',
  windows2022srvNext_64Guest: 'Microsoft Windows Server 2025 (64-bit)',
  windows2019srvNext_64Guest: 'Microsoft Windows Server 2022 (64-bit)',
}

export interface ConfigOrder {
  /** As stored. */
  readonly name: string
  readonly datastoreName: string
  readonly guestId?: string
  readonly cpus?: number
  readonly memoryMB?: number
  readonly diskGiB?: readonly number[]
  readonly networks?: readonly Ref[]
  readonly template?: boolean
  readonly instanceUuid?: string
  readonly annotation?: string
}

/** `[datastore] name/`, where the files of a VM are. */
export const folderOf = (datastoreName: string, name: string): string =>
  `[${datastoreName}] ${displayName(name).replaceAll('/', '_')}/`

export function newConfig(world: World, order: ConfigOrder): Config {
  const guestId = order.guestId ?? 'otherGuest'
  const folder = folderOf(order.datastoreName, order.name)
  return {
    changeVersion: changeVersion(world),
    modified: world.timestamp(),
    createDate: world.timestamp(),
    name: order.name,
    guestId,
    guestFullName: guestNames[guestId] ?? guestId,
    alternateGuestName: '',
    version: 'vmx-21',
    uuid: randomUUID().replace(/^.{8}/, '42000000'),
    instanceUuid: order.instanceUuid ?? randomUUID(),
    template: order.template ?? false,
    annotation: order.annotation ?? '',
    files: { vmPathName: `${folder}${displayName(order.name).replaceAll('/', '_')}.vmx`, logDirectory: folder },
    flags: {},
    defaultPowerOps: {},
    firmware: 'efi',
    memoryHotAddEnabled: false,
    cpuHotAddEnabled: false,
    hotPlugMemoryLimit: 3_145_728,
    hotPlugMemoryIncrementSize: 128,
    extraConfig: [],
    hardware: {
      numCPU: order.cpus ?? 1,
      numCoresPerSocket: 1,
      memoryMB: order.memoryMB ?? 1_024,
      device: standardDevices(world, folder, order.diskGiB ?? [], order.networks ?? []),
    },
  }
}

type ConfigSpec = Vim25Types['VirtualMachineConfigSpec']
type ExtraConfig = NonNullable<Config['extraConfig']>

/** An empty value takes a key away. */
export function mergeExtraConfig(known: ExtraConfig | undefined, changes: ConfigSpec['extraConfig']): ExtraConfig {
  const merged = new Map((known ?? []).map((option) => [keyOf(option), option]))
  for (const change of changes) {
    const key = keyOf(change)
    if (!('value' in change) || change.value === '' || change.value === undefined) merged.delete(key)
    else merged.set(key, { _type: 'OptionValue', key, value: change.value })
  }
  return [...merged.values()]
}

const keyOf = (option: ExtraConfig[number]): string => ('key' in option ? option.key : '')

/** Fields of a specification that are plain values of the configuration. Throws InvalidArgument. */
export function plainChanges(spec: ConfigSpec, known: Config): Partial<Config> {
  const memoryMB = spec.memoryMB === undefined ? undefined : Number(spec.memoryMB)
  if (spec.numCPUs !== undefined && (spec.numCPUs < 1 || spec.numCPUs > 768))
    throw invalidArgument('configSpec.numCPUs')
  if (memoryMB !== undefined && (memoryMB < 4 || memoryMB % 4 !== 0)) throw invalidArgument('configSpec.memoryMB')
  const cores = spec.numCoresPerSocket ?? known.hardware.numCoresPerSocket ?? 1
  const cpus = spec.numCPUs ?? known.hardware.numCPU
  if (cores < 1 || cpus % cores !== 0) throw invalidArgument('configSpec.numCoresPerSocket')
  const taken = {
    uuid: spec.uuid, instanceUuid: spec.instanceUuid, annotation: spec.annotation, guestId: spec.guestId,
    firmware: spec.firmware, cpuHotAddEnabled: spec.cpuHotAddEnabled, memoryHotAddEnabled: spec.memoryHotAddEnabled,
    managedBy: spec.managedBy, bootOptions: spec.bootOptions,
  } // biome-ignore format: a table
  return {
    ...(Object.fromEntries(Object.entries(taken).filter(([, value]) => value !== undefined)) as Partial<Config>), // from the same names
    ...(spec.guestId === undefined ? {} : { guestFullName: guestNames[spec.guestId] ?? spec.guestId }),
    extraConfig: mergeExtraConfig(known.extraConfig, spec.extraConfig),
    hardware: {
      ...known.hardware,
      numCPU: cpus,
      numCoresPerSocket: cores,
      memoryMB: memoryMB ?? known.hardware.memoryMB,
    },
  }
}
