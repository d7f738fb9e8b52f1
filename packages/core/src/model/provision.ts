import type { AnyPlugin, ExtensionsOf } from '../plugin.js'
import type { SecretInput } from '../secrets/secret.js'
import type { Reference } from './references.js'

/** How a copy is made; which of them there are, the endpoint's capabilities say. */
export type CloneMode = 'full' | 'linked' | 'instant'

/** What a new VM is made from. */
export type VmSource =
  | {
      readonly from: 'template'
      readonly template: Reference
      /**
       * `linked` shares the template's disks. `instant` copies a running VM, which `template` then names, with its memory:
       * the copy runs from the start, and has its sizes. Default `full`.
       */
      readonly clone?: CloneMode
    }
  | { readonly from: 'blank'; readonly guestOs?: string; readonly firmware?: 'bios' | 'uefi' }
  | {
      readonly from: 'image'
      readonly image: Reference
      readonly guestOs?: string
      readonly firmware?: 'bios' | 'uefi'
    }

export interface DiskSpec {
  /** Size in bytes. With a template, disk n of the specification grows disk n of the template; smaller is refused. */
  readonly sizeBytes: number
  /** Default: the placement's datastore. */
  readonly datastore?: Reference
}

export interface NicSpec {
  readonly network: Reference
  readonly vlanId?: number
  /** Default: chosen by the platform. */
  readonly macAddress?: string
  /** Static addressing by guest customisation. Default: DHCP where the customisation sets the network at all. */
  readonly ipv4?: { readonly cidr: string; readonly gateway?: string } | 'dhcp'
  readonly ipv6?: { readonly cidr: string; readonly gateway?: string } | 'dhcp' | 'auto'
}

/** What the guest is told at its first start (cloud-init and its likes). */
export interface GuestCustomization {
  readonly hostname?: string
  readonly userName?: string
  readonly password?: SecretInput
  readonly sshPublicKeys?: readonly string[]
  readonly dnsServers?: readonly string[]
  readonly searchDomains?: readonly string[]
  /** A whole user-data document, where the capabilities list `user-data`. */
  readonly userData?: SecretInput
}

export interface Placement {
  readonly datacenter?: Reference
  readonly cluster?: Reference
  readonly host?: Reference
  readonly datastore?: Reference
  readonly resourcePool?: Reference
}

/** The VM to make. The same on every platform; what only one platform has goes into `extensions`. */
export interface VmProvisionSpec<P extends AnyPlugin = AnyPlugin> {
  readonly name: string
  readonly source: VmSource
  /** Virtual processors. Default: the template's; required for a blank VM. */
  readonly cpus?: number
  /** Default: the template's; required for a blank VM. */
  readonly memoryBytes?: number
  readonly disks?: readonly DiskSpec[]
  /** Replaces the template's interfaces one by one, in order. Default: the template's. */
  readonly nics?: readonly NicSpec[]
  readonly placement?: Placement
  readonly description?: string
  readonly tags?: readonly string[]
  readonly customization?: GuestCustomization
  /** Start it when it is made. Default true. */
  readonly powerOn?: boolean
  /** Per platform, typed from the registry's plugins: `{ proxmox: { onboot: true } }`. */
  readonly extensions?: ExtensionsOf<P>
}
