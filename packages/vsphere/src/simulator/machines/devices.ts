import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { invalidArgument, vimFault } from '../fault.js'
import { type Ref, sameRef } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Config } from './machine.js'

export type Device = XmlInput<Vim25Types['VirtualDevice']>
type DeviceChange = Vim25Types['VirtualDeviceConfigSpec']

const scsiController = 1_000
const firstDisk = 2_000
const firstCard = 4_000
/** The unit of the controller itself. */
const reservedUnit = 7

/** The devices of a new VM: what every one has, disks of these sizes, and a card on each network. */
export function standardDevices(
  world: World,
  folder: string,
  diskGiB: readonly number[],
  networks: readonly Ref[],
): Device[] {
  return [
    { _type: 'VirtualPCIController', key: 100, busNumber: 0, deviceInfo: label('PCI controller 0') },
    {
      _type: 'ParaVirtualSCSIController',
      key: scsiController,
      controllerKey: 100,
      busNumber: 0,
      sharedBus: 'noSharing',
      scsiCtlrUnitNumber: reservedUnit,
      device: diskGiB.map((_, index) => firstDisk + index),
      deviceInfo: label('SCSI controller 0'),
    },
    ...diskGiB.map(
      (gib, index): Device => ({
        _type: 'VirtualDisk',
        key: firstDisk + index,
        deviceInfo: label(`Hard disk ${index + 1}`),
        controllerKey: scsiController,
        unitNumber: index < reservedUnit ? index : index + 1,
        capacityInKB: gib * 1_048_576,
        capacityInBytes: gib * 1_073_741_824,
        backing: diskBacking(`${folder}disk-${index}.vmdk`),
      }),
    ),
    ...networks.map((ref, index) => cardOn(world, ref, firstCard + index, index + 1)),
  ]
}

const label = (text: string) => ({ _type: 'Description' as const, label: text, summary: text })

const diskBacking = (fileName: string) => ({
  _type: 'VirtualDiskFlatVer2BackingInfo' as const,
  fileName,
  diskMode: 'persistent',
  thinProvisioned: true,
})

function cardOn(world: World, network: Ref, key: number, number: number): Device {
  return {
    _type: 'VirtualVmxnet3',
    key,
    deviceInfo: label(`Network adapter ${number}`),
    backing: networkBacking(world, network),
    connectable: { startConnected: true, allowGuestControl: true, connected: false },
    controllerKey: 100,
    unitNumber: reservedUnit + number - 1,
    addressType: 'assigned',
    macAddress: newMac(world),
  }
}

function networkBacking(world: World, ref: Ref) {
  if (ref.type === 'DistributedVirtualPortgroup') {
    const { state } = world.get('DistributedVirtualPortgroup', ref)
    const dvs = state.config?.distributedVirtualSwitch
    const switchUuid = dvs === undefined ? undefined : world.get('DistributedVirtualSwitch', dvs).state.uuid
    return {
      _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo' as const,
      port: { switchUuid: switchUuid ?? '', portgroupKey: state.key ?? '' },
    }
  }
  const { state } = world.get('Network', ref)
  if (state.summary !== undefined && 'opaqueNetworkId' in state.summary) {
    const { opaqueNetworkId, opaqueNetworkType } = state.summary
    return { _type: 'VirtualEthernetCardOpaqueNetworkBackingInfo' as const, opaqueNetworkId, opaqueNetworkType }
  }
  return { _type: 'VirtualEthernetCardNetworkBackingInfo' as const, deviceName: state.name ?? '', network: ref }
}

function newMac(world: World): string {
  const number = world.next('mac')
  const bytes = [0, 0x50, 0x56, 0x80 + (number >> 16), (number >> 8) & 255, number & 255]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

/** The networks that the cards of a VM on this host are plugged into. */
export function networksOf(world: World, config: Config | undefined, host: Ref | undefined): Ref[] {
  const refs = new Map<string, Ref>()
  for (const device of config?.hardware.device ?? []) {
    const ref = 'backing' in device ? networkOfBacking(world, device.backing, host) : undefined
    if (ref !== undefined) refs.set(ref.value, ref)
  }
  return [...refs.values()]
}

/** The network that a card with this backing is plugged into; of those of one opaque id, that of the host. */
export function networkOfBacking(world: World, backing: unknown, host?: Ref): Ref | undefined {
  if (typeof backing !== 'object' || backing === null || !('_type' in backing)) return undefined
  const info = backing as Readonly<Record<string, unknown>> & { _type: string } // looked at by its tag
  if (info._type === 'VirtualEthernetCardDistributedVirtualPortBackingInfo') {
    const { portgroupKey } = info.port as { portgroupKey?: string }
    return world.all('DistributedVirtualPortgroup').find(({ state }) => state.key === portgroupKey)?.ref
  }
  if (info._type === 'VirtualEthernetCardOpaqueNetworkBackingInfo') {
    const segments = world.all('OpaqueNetwork').filter(({ state: { summary } }) => {
      return summary !== undefined && 'opaqueNetworkId' in summary && summary.opaqueNetworkId === info.opaqueNetworkId
    })
    const reached = segments.find(({ state }) => host !== undefined && state.host?.some((each) => sameRef(each, host)))
    return (reached ?? segments[0])?.ref
  }
  if (info._type !== 'VirtualEthernetCardNetworkBackingInfo') return undefined
  const named = info.network as Ref | undefined
  return named ?? world.all('Network').find(({ state }) => state.name === info.deviceName)?.ref
}

export function diskFiles(config: Config): string[] {
  return disksOf(config).flatMap(({ backing }) => {
    const name = backing !== undefined && 'fileName' in backing ? backing.fileName : undefined
    return name === undefined ? [] : [name]
  })
}

type Disk = Extract<Device, { readonly _type: 'VirtualDisk' }>
export function disksOf(config: Config): Disk[] {
  return (config.hardware.device ?? []).filter((each): each is Disk => each._type === 'VirtualDisk')
}

export function committedBytes(config: Config): number {
  return disksOf(config).reduce((sum, disk) => sum + Math.round(sizeOf(disk) / 4), 0)
}

export const sizeOf = (disk: Disk): number => Number(disk.capacityInBytes ?? Number(disk.capacityInKB) * 1_024)

/** Cards and disks of a copy: own addresses, own files in its folder. */
export function copyDevices(world: World, devices: readonly Device[], folder: string, linked = false): Device[] {
  let disk = 0
  return devices.map((device): Device => {
    if (device._type === 'VirtualDisk') {
      const parent = linked && device.backing !== undefined ? { parent: device.backing } : {}
      const backing = { ...diskBacking(`${folder}disk-${disk++}.vmdk`), ...parent }
      return { ...device, backing: { ...device.backing, ...backing } as Disk['backing'] } // of the same type, another file
    }
    return 'macAddress' in device ? ({ ...device, macAddress: newMac(world) } as Device) : device
  })
}

/**
 * Applies changes in their order. Throws InvalidDeviceSpec (with the index) for a device that is not there, of another
 * type, or that shrinks a disk.
 */
export function changeDevices(
  world: World,
  devices: readonly Device[],
  changes: readonly DeviceChange[],
  folder: string,
  hasSnapshots: boolean,
): Device[] {
  let list = [...devices]
  // Devices that are added together know each other by temporary keys.
  const keys = new Map<number | undefined, number | undefined>()
  for (const [index, change] of changes.entries()) {
    if (change._type !== 'VirtualDeviceConfigSpec') throw invalidArgument(`deviceChange[${index}]`)
    const asked = change.device as Device // what arrives may be written
    const controller = keys.get(controllerOf(asked))
    const device = controller === undefined ? asked : ({ ...asked, controllerKey: controller } as Device)
    const refuse = (property: string): never => {
      throw vimFault(
        'InvalidDeviceSpec',
        { deviceIndex: index, property },
        `Invalid configuration for device '${index}'.`,
      )
    }
    const at = list.findIndex((each) => keyOfDevice(each) === keyOfDevice(device))
    if (change.operation === 'add') {
      if (device._type === 'VirtualDisk' && !list.some((each) => keyOfDevice(each) === controllerOf(device)))
        refuse(`deviceChange[${index}].device.controllerKey`)
      const attached = device._type === 'VirtualDisk' && change.fileOperation === undefined
      const kept = attached ? (keptDisk(world, device) ?? refuse(`deviceChange[${index}].device.backing`)) : device
      const added = completed(world, kept, list, folder, attached)
      list.push(added)
      keys.set(keyOfDevice(device), keyOfDevice(added))
      continue
    }
    const known = list[at] ?? refuse(`deviceChange[${index}].device.key`)
    if (known._type !== device._type) refuse(`deviceChange[${index}].device.key`)
    if (change.operation === 'remove') {
      if (change.fileOperation === undefined) keepDisk(world, known)
      list = list.filter((_, place) => place !== at)
      continue
    }
    if (known._type === 'VirtualDisk' && device._type === 'VirtualDisk') {
      if (sizeOf(device) < sizeOf(known) || (hasSnapshots && sizeOf(device) > sizeOf(known)))
        refuse(`deviceChange[${index}].device.capacityInKB`)
    }
    // A size in KiB alone is the new one, whatever the bytes were before.
    const size = device._type === 'VirtualDisk' ? { capacityInBytes: sizeOf(device) } : {}
    list[at] = sizedAlike({ ...known, ...definedOf(device), ...size } as Device) // of one type, as was looked at
  }
  return list
}

/** Disks that were taken out of their VM and whose files stay: bytes by file. */
const keptDisks = new WeakMap<World, Map<string, number>>()

const fileOf = ({ backing }: Disk): string =>
  backing !== undefined && 'fileName' in backing ? (backing.fileName ?? '') : ''

/** Files of disks that are in no VM. */
export function keptDiskFiles(world: World): string[] {
  return [...(keptDisks.get(world)?.keys() ?? [])]
}

function keepDisk(world: World, device: Device): void {
  if (device._type !== 'VirtualDisk') return
  const kept = keptDisks.get(world) ?? new Map<string, number>()
  keptDisks.set(world, kept.set(fileOf(device), sizeOf(device)))
}

/** The disk with the size that its file has; undefined when no such file lies there. */
function keptDisk(world: World, device: Disk): Disk | undefined {
  const kept = keptDisks.get(world)
  const capacityInBytes = kept?.get(fileOf(device))
  if (capacityInBytes === undefined) return undefined
  kept?.delete(fileOf(device))
  return { ...device, capacityInBytes }
}

const keyOfDevice = (device: Device): number | undefined => ('key' in device ? device.key : undefined)
const controllerOf = (device: Device): number | undefined =>
  'controllerKey' in device ? device.controllerKey : undefined

function definedOf(device: Device): Partial<Device> {
  return Object.fromEntries(Object.entries(device).filter(([, value]) => value !== undefined))
}

function sizedAlike(device: Device): Device {
  if (device._type !== 'VirtualDisk') return device
  const capacityInBytes = sizeOf(device)
  return { ...device, capacityInBytes, capacityInKB: Math.floor(capacityInBytes / 1_024) }
}

/** A device that comes with a temporary key gets its own, a free unit, an address, a file. */
function completed(
  world: World,
  device: Device,
  devices: readonly Device[],
  folder: string,
  attached: boolean,
): Device {
  const isDisk = device._type === 'VirtualDisk'
  const isCard = 'addressType' in device
  const start = isDisk ? firstDisk : isCard ? firstCard : scsiController + 1
  const taken = new Set(devices.map(keyOfDevice))
  let key = start
  while (taken.has(key)) key += 1
  const added = { ...definedOf(device), key } as Device // a copy of it
  if (isDisk && attached) return sizedAlike(added)
  if (isDisk) {
    const names = new Set(devices.filter((each) => each._type === 'VirtualDisk').map(keyOfDevice))
    const file = `${folder}disk-${key - firstDisk}-${names.size}.vmdk`
    return sizedAlike({ ...added, backing: { ...device.backing, ...diskBacking(file) } } as Device)
  }
  if (isCard)
    return {
      ...added,
      macAddress: 'macAddress' in device && device.macAddress ? device.macAddress : newMac(world),
    } as Device
  return added
}
