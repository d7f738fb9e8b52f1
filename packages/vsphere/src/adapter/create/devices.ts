import type { XmlInput } from '@dcm/wire/xml'
import type { MethodArguments } from '../../client/method-types.js'
import { reference } from '../../client/reference.js'
import type { VirtualDevice, VirtualDeviceBackingInfo } from '../../generated/shared/vm-device.js'
import { nativePath } from '../images/datastore-image.js'
import { bytesOfDisk, isDisk, isNic, type NicDevice } from '../map-vm.js'
import { driveChanges } from './drive.js'
import type { CreateState, NetworkBacking, SealedSpec } from './state.js'

type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']
/** A change of one device, as clone, create and reconfigure take it. */
export type DeviceChange = NonNullable<ConfigSpec['deviceChange']>[number]
export type DeviceInput = XmlInput<VirtualDevice>

/** A device that was read, as a change of it is sent back. */
export function inputOf(device: VirtualDevice, changes: object = {}): DeviceInput {
  // Decoded and sent form of a device are one.
  return { ...device, ...changes } as DeviceInput
}

/** A key that means: new. */
const newController = -1
const firstNewDisk = -100
const firstNewNic = -200

/**
 * What has to change so that these devices are as the specification wants them: disk n grown or added, card n re-plugged or added, the
 * image in a drive.
 * Nothing when they are so already, which is how a finished clone is checked.
 */
export function deviceChanges(
  devices: readonly VirtualDevice[],
  spec: Pick<SealedSpec, 'disks' | 'nics'>,
  state: Readonly<Partial<Pick<CreateState, 'networks' | 'diskDatastores' | 'datastoreName' | 'image'>>>,
): DeviceChange[] {
  return [
    ...diskChanges(devices, spec, state),
    ...nicChanges(devices.filter(isNic), spec, state),
    ...driveChanges(devices, state.image && nativePath(state.image.place, state.image.path)),
  ]
}

function diskChanges(
  devices: readonly VirtualDevice[],
  { disks: wanted = [] }: Pick<SealedSpec, 'disks'>,
  state: Readonly<Partial<Pick<CreateState, 'diskDatastores' | 'datastoreName'>>>,
): DeviceChange[] {
  const disks = devices.filter(isDisk)
  const { controllerKey, added, next: nextUnit } = scsiSlots(devices)
  const changes: DeviceChange[] = wanted.length > disks.length ? [...added] : []
  for (const [index, { sizeBytes }] of wanted.entries()) {
    const size = { capacityInKB: sizeBytes / 1024, capacityInBytes: sizeBytes }
    const disk = disks[index]
    if (disk !== undefined) {
      if (bytesOfDisk(disk) >= sizeBytes) continue
      changes.push({ _type: 'VirtualDeviceConfigSpec', operation: 'edit', device: inputOf(disk, size) })
      continue
    }
    const datastore = state.diskDatastores?.[index]?.[1] ?? state.datastoreName
    changes.push({
      _type: 'VirtualDeviceConfigSpec',
      operation: 'add',
      fileOperation: 'create',
      device: {
        _type: 'VirtualDisk',
        key: firstNewDisk - index,
        backing: {
          _type: 'VirtualDiskFlatVer2BackingInfo',
          fileName: datastore === undefined ? '' : `[${datastore}]`,
          diskMode: 'persistent',
          thinProvisioned: true,
        },
        controllerKey,
        unitNumber: nextUnit(),
        ...size,
      },
    })
  }
  return changes
}

/** Where new disks go: free units of the first SCSI controller, or of one that is added with them. */
export function scsiSlots(devices: readonly VirtualDevice[]): {
  readonly controllerKey: number
  /** The controller, where the VM has none yet. */
  readonly added: readonly DeviceChange[]
  next(): number
} {
  const known = devices.filter((device) => device._type !== '$unknown')
  const controller = known.find((device) => scsiControllers.has(device._type))
  const controllerKey = controller?.key ?? newController
  const taken = new Set(known.filter((one) => one.controllerKey === controllerKey).map(({ unitNumber }) => unitNumber))
  const device = {
    _type: 'ParaVirtualSCSIController',
    key: newController,
    busNumber: 0,
    sharedBus: 'noSharing',
  } as const
  return {
    controllerKey,
    added: controller === undefined ? [{ _type: 'VirtualDeviceConfigSpec', operation: 'add', device }] : [],
    next() {
      let unit = 0
      while (unit === 7 || taken.has(unit)) unit++ // 7 is the controller itself
      taken.add(unit)
      return unit
    },
  }
}

const scsiControllers: ReadonlySet<string> = new Set([
  'ParaVirtualSCSIController',
  'VirtualBusLogicController',
  'VirtualLsiLogicController',
  'VirtualLsiLogicSASController',
])

function nicChanges(
  cards: readonly NicDevice[],
  { nics: wanted = [] }: Pick<SealedSpec, 'nics'>,
  { networks = [] }: Readonly<Partial<Pick<CreateState, 'networks'>>>,
): DeviceChange[] {
  return wanted.flatMap(({ macAddress }, index): DeviceChange[] => {
    const network = networks[index]
    const card = cards[index]
    if (network === undefined) return []
    const address = macAddress === undefined ? {} : { addressType: 'manual', macAddress }
    const plug = { backing: backingInput(network), connectable: connectAtStart, ...address }
    if (card === undefined) {
      const device: DeviceInput = {
        _type: 'VirtualVmxnet3',
        key: firstNewNic - index,
        addressType: 'generated',
        ...plug,
      }
      return [{ _type: 'VirtualDeviceConfigSpec', operation: 'add', device }]
    }
    const sameAddress = macAddress === undefined || card.macAddress?.toLowerCase() === macAddress.toLowerCase()
    if (sameAddress && isPluggedInto(card, network)) return []
    return [{ _type: 'VirtualDeviceConfigSpec', operation: 'edit', device: inputOf(card, plug) }]
  })
}

const connectAtStart = { startConnected: true, allowGuestControl: true, connected: false }

/** How a card says that it is plugged in there. */
export function backingInput(network: NetworkBacking): XmlInput<VirtualDeviceBackingInfo> {
  switch (network.kind) {
    case 'standard':
      return {
        _type: 'VirtualEthernetCardNetworkBackingInfo',
        deviceName: network.name,
        network: reference('Network', network.network),
      }
    case 'distributed':
      return {
        _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo',
        port: { switchUuid: network.switchUuid, portgroupKey: network.portgroupKey },
      }
    case 'opaque':
      return {
        _type: 'VirtualEthernetCardOpaqueNetworkBackingInfo',
        opaqueNetworkId: network.id,
        opaqueNetworkType: network.type,
      }
  }
}

export function isPluggedInto({ backing }: NicDevice, network: NetworkBacking): boolean {
  switch (backing?._type) {
    case 'VirtualEthernetCardNetworkBackingInfo':
      return (
        network.kind === 'standard' &&
        (backing.network?.value === network.network || backing.deviceName === network.name)
      )
    case 'VirtualEthernetCardDistributedVirtualPortBackingInfo':
      return network.kind === 'distributed' && backing.port.portgroupKey === network.portgroupKey
    case 'VirtualEthernetCardOpaqueNetworkBackingInfo':
      return network.kind === 'opaque' && backing.opaqueNetworkId === network.id
    default:
      return false
  }
}
