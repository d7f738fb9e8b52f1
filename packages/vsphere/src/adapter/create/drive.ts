import type { VirtualDevice } from '../../generated/shared/vm-device.js'
import type { DeviceChange } from './devices.js'

/** Keys that mean: new. */
const newController = -2
const newDrive = -300

/**
 * A CD drive with the image in it, on a SATA controller of its own. An empty disk is passed over at the first start, so the guest
 * boots from the drive. Nothing where the VM has it, or no image is wanted.
 */
export function driveChanges(devices: readonly VirtualDevice[], image: string | undefined): DeviceChange[] {
  if (image === undefined || devices.some((device) => holds(device, image))) return []
  return [
    {
      _type: 'VirtualDeviceConfigSpec',
      operation: 'add',
      device: { _type: 'VirtualAHCIController', key: newController, busNumber: 0 },
    },
    {
      _type: 'VirtualDeviceConfigSpec',
      operation: 'add',
      device: {
        _type: 'VirtualCdrom',
        key: newDrive,
        controllerKey: newController,
        unitNumber: 0,
        backing: { _type: 'VirtualCdromIsoBackingInfo', fileName: image },
        connectable: { startConnected: true, allowGuestControl: true, connected: true },
      },
    },
  ]
}

function holds(device: VirtualDevice, image: string): boolean {
  if (device._type !== 'VirtualCdrom') return false
  const { backing } = device
  return backing?._type === 'VirtualCdromIsoBackingInfo' && backing.fileName === image
}
