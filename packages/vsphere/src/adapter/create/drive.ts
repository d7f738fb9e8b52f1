import type { VirtualDevice } from '../../generated/shared/vm-device.js'
import { type DeviceChange, inputOf } from './devices.js'

/** Keys that mean: new. */
const newController = -2
const newDrive = -300

type Drive = Extract<VirtualDevice, { readonly _type: 'VirtualCdrom' }>
type Controller = Extract<VirtualDevice, { readonly _type: 'VirtualAHCIController' }>

/**
 * A CD drive with the image in it (`[datastore] path`), on a SATA controller. An empty disk is passed over at the first start, so the
 * guest boots from the drive. Nothing where the VM has it, or no image is wanted; a drive that holds something else gets the image.
 */
export function driveChanges(devices: readonly VirtualDevice[], image: string | undefined): DeviceChange[] {
  const drives = devices.filter((device): device is Drive => device._type === 'VirtualCdrom')
  if (image === undefined || drives.some((drive) => holds(drive, image))) return []
  const disc = {
    backing: { _type: 'VirtualCdromIsoBackingInfo', fileName: image },
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
  } as const
  const [drive] = drives
  if (drive !== undefined) {
    return [{ _type: 'VirtualDeviceConfigSpec', operation: 'edit', device: inputOf(drive, disc) }]
  }
  const { controllerKey, unitNumber, added } = sataSlot(devices)
  const device = { _type: 'VirtualCdrom', key: newDrive, controllerKey, unitNumber, ...disc } as const
  return [...added, { _type: 'VirtualDeviceConfigSpec', operation: 'add', device }]
}

/** A free unit of the first SATA controller, or of one that is added with the drive. */
function sataSlot(devices: readonly VirtualDevice[]) {
  const controller = devices.find((device): device is Controller => device._type === 'VirtualAHCIController')
  const taken = new Set(
    devices.flatMap((device) =>
      device._type !== '$unknown' && device.controllerKey === controller?.key ? [device.unitNumber] : [],
    ),
  )
  let unitNumber = 0
  while (controller !== undefined && taken.has(unitNumber)) unitNumber++
  const device = { _type: 'VirtualAHCIController', key: newController, busNumber: 0 } as const
  const added: DeviceChange[] =
    controller === undefined ? [{ _type: 'VirtualDeviceConfigSpec', operation: 'add', device }] : []
  return { controllerKey: controller?.key ?? newController, unitNumber, added }
}

function holds({ backing }: Drive, image: string): boolean {
  return backing?._type === 'VirtualCdromIsoBackingInfo' && backing.fileName === image
}
