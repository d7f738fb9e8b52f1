import { boolean, choice, integer, type ObjectOf, object, optional, type Schema, string } from '@dcm/core/schema'

const propertyValue = /^[^,\s]+$/

/** What `spec.extensions.proxmox` may hold. */
export interface ProxmoxExtension {
  /** Start the VM when its node starts. */
  readonly onboot?: boolean
  /** Refuse deletion of the VM and its disks. Undoing a failed creation lifts it again. */
  readonly protection?: boolean
  /** Tell the platform that the guest agent is installed. Default: the template's; false for a blank VM. */
  readonly agent?: boolean
  /** CPU model, as `x86-64-v2-AES` or `host`. Default: the template's, else the platform's. */
  readonly cpuType?: string
  /** CPU sockets; the processors are divided evenly. Default 1. */
  readonly sockets?: number
  /** Format of new disks and of a full clone's, on storages with files. Default: the storage's. */
  readonly diskFormat?: 'raw' | 'qcow2' | 'vmdk'
  /** Machine type, as `q35`. Default: the template's, else the platform's. */
  readonly machine?: string
  /** SCSI controller. Default: the template's; `virtio-scsi-single` for a blank VM. */
  readonly scsiController?: 'lsi' | 'lsi53c810' | 'virtio-scsi-pci' | 'virtio-scsi-single' | 'megasas' | 'pvscsi'
  /** Limits the copy of a full clone, in KiB/s. Default: the datacenter's limit. */
  readonly bandwidthLimitKiBps?: number
  /** Cloud-init snippets that lie on a storage already, as `user=local:snippets/web.yaml`. */
  readonly cicustom?: string
  /** Let cloud-init upgrade packages at first boot. Proxmox VE 8 and later. */
  readonly cloudInitUpgrade?: boolean
}

const shape = {
  onboot: optional(boolean()),
  protection: optional(boolean()),
  agent: optional(boolean()),
  cpuType: optional(string({ maxLength: 64, pattern: propertyValue, patternSays: 'must be one word without commas' })),
  sockets: optional(integer({ min: 1, max: 8 })),
  diskFormat: optional(choice('raw', 'qcow2', 'vmdk')),
  machine: optional(string({ maxLength: 64, pattern: propertyValue, patternSays: 'must be one word without commas' })),
  scsiController: optional(choice('lsi', 'lsi53c810', 'virtio-scsi-pci', 'virtio-scsi-single', 'megasas', 'pvscsi')),
  bandwidthLimitKiBps: optional(integer({ min: 0 })),
  cicustom: optional(
    string({
      maxLength: 512,
      pattern: /^(?:(?:user|network|meta|vendor)=[^,\s]+)(?:,(?:user|network|meta|vendor)=[^,\s]+)*$/,
      patternSays: "must look like 'user=<storage>:snippets/<file>', with user, network, meta or vendor",
    }),
  ),
  cloudInitUpgrade: optional(boolean()),
} as const

/** Checks `spec.extensions.proxmox`; an unknown field is refused by name. */
export const proxmoxExtensionSchema: Schema<ProxmoxExtension> = object(shape) satisfies Schema<ObjectOf<typeof shape>>
