import type { SecretInput } from '@dcm/core'
import {
  array,
  boolean,
  choice,
  dictionary,
  integer,
  type ObjectOf,
  object,
  optional,
  refine,
  type Schema,
  secretInput,
  string,
} from '@dcm/core/schema'

/** What `spec.extensions.vsphere` may hold. */
export interface VsphereExtension {
  /**
   * Folder of the VM below the datacenter's VM folder: names joined by `/`, as `customers/acme`; a slash inside a name is written
   * `%2f`. Default: the template's folder, else the datacenter's VM folder itself.
   */
  readonly folder?: string
  /**
   * Resource pool below the root pool of the VM's cluster or host: names joined by `/`, as `tenants/acme`, which tells pools of one
   * name apart; a slash inside a name is written `%2f`. Not beside `placement.resourcePool`.
   */
  readonly resourcePool?: string
  /** Name or id of a datastore cluster; its recommended member becomes the datastore. */
  readonly storagePod?: string
  /** Hardware version of a blank VM, as `vmx-20`. Default: the host's newest. */
  readonly hardwareVersion?: string
  /** The platform's word for the guest's operating system, as `debian12_64Guest`. Blank VMs; default `otherGuest64`. */
  readonly guestId?: string
  /** Advanced settings, as `{ 'disk.enableUUID': 'TRUE' }`. Keys that begin with `dcm.` are ours. */
  readonly extraConfig?: Readonly<Record<string, string>>
  /** DNS domain that the guest's customisation sets. Default: the first search domain, else `local`. */
  readonly domain?: string
  /** What sysprep tells a Windows guest at its first boot. Templates whose guest is Windows. */
  readonly windows?: VsphereWindows
  /** How cloud-init gets `customization.userData`, and its metadata. */
  readonly cloudInit?: VsphereCloudInit
  /** What an OVF item of a content library asks for before it is deployed. */
  readonly ovf?: VsphereOvf
}

/** The form that an OVF package may have. */
export interface VsphereOvf {
  /** The caller has read the licence agreements of the item and accepts them. Default false: an item with some is refused. */
  readonly acceptEulas?: boolean
  /** Key of one of the package's configurations, as `small`. Default: the one that it names itself. */
  readonly deploymentOption?: string
  /** Values of its properties, by their ids, as `{ hostname: 'web-1' }`. They are kept in handles: put no secret into them. */
  readonly properties?: Readonly<Record<string, string>>
}

/** Customisation of a Windows guest; host name, addresses and name servers come from the common specification. */
export interface VsphereWindows {
  /** NetBIOS name. Default: the first label of `customization.hostname`, else of the VM's name. */
  readonly computerName?: string
  /** Of the built-in administrator. Default: the template's stays. */
  readonly adminPassword?: SecretInput
  /** Microsoft's index of the time zone. Default 85, GMT. */
  readonly timeZone?: number
  /** Not beside `joinDomain`. Default `WORKGROUP`. */
  readonly workgroup?: string
  /** Domain to join, and the account that may add the computer to it. */
  readonly joinDomain?: {
    readonly name: string
    readonly userName: string
    readonly password: SecretInput
    /** Distinguished name, as `OU=Servers,DC=example,DC=org`. vCenter 8.0 U2. */
    readonly organizationalUnit?: string
  }
  /** How many times the administrator is logged on after a boot, without being asked. Needs `adminPassword`. Default 0. */
  readonly autoLogonCount?: number
  /** Default: the template's, or the one of a volume licence. */
  readonly productKey?: SecretInput
  /** Registered owner. Default `Administrator`. */
  readonly fullName?: string
  /** Registered organisation. Default `Organization`. */
  readonly organization?: string
  /** Commands that run once, at the first logon. They are kept in handles and in the guest: put no secret into them. */
  readonly runOnce?: readonly string[]
}

/** Delivery to cloud-init; its user data is `customization.userData`. */
export interface VsphereCloudInit {
  /** The metadata document (YAML or JSON): instance-id, local-hostname, network. */
  readonly metaData?: SecretInput
  /** Of the `guestinfo` settings: `gzip+base64` for long documents. Default `base64`. */
  readonly encoding?: 'base64' | 'gzip+base64'
  /**
   * `guestinfo`: advanced settings `guestinfo.metadata` and `guestinfo.userdata`, which stay readable in the VM's configuration.
   * `customization`: `CustomizationCloudinitPrep` (vCenter 7.0.3, VMware Tools in the guest). Default `guestinfo`.
   */
  readonly deliverBy?: 'guestinfo' | 'customization'
}

const text = (maxLength: number): Schema<string> =>
  string({ minLength: 1, maxLength, pattern: /^[^\p{Cc}]*$/u, patternSays: 'must be one line of text' })

const windows: Schema<VsphereWindows> = refine(
  object({
    computerName: optional(
      string({
        maxLength: 15,
        pattern: /^(?!\d+$)(?!-)[A-Za-z0-9-]{1,15}(?<!-)$/,
        patternSays: 'must be of letters, digits and hyphens, and not of digits alone',
      }),
    ),
    adminPassword: optional(secretInput()),
    timeZone: optional(integer({ min: 0, max: 999 })),
    workgroup: optional(text(15)),
    joinDomain: optional(
      object({
        name: text(255),
        userName: text(255),
        password: secretInput(),
        organizationalUnit: optional(text(2_048)),
      }),
    ),
    autoLogonCount: optional(integer({ min: 0, max: 1_000 })),
    productKey: optional(secretInput()),
    fullName: optional(text(256)),
    organization: optional(text(256)),
    runOnce: optional(array(text(1_024), { maxLength: 32 })),
  }),
  ({ workgroup, joinDomain }) =>
    workgroup !== undefined && joinDomain !== undefined ? 'has both workgroup and joinDomain: choose one' : undefined,
)

const cloudInit: Schema<VsphereCloudInit> = object({
  metaData: optional(secretInput()),
  encoding: optional(choice('base64', 'gzip+base64')),
  deliverBy: optional(choice('guestinfo', 'customization')),
})

const ovf: Schema<VsphereOvf> = object({
  acceptEulas: optional(boolean()),
  deploymentOption: optional(text(256)),
  properties: optional(dictionary(string({ maxLength: 65_535 }))),
})

const shape = {
  folder: optional(string({ minLength: 1, maxLength: 1024 })),
  resourcePool: optional(string({ minLength: 1, maxLength: 1024 })),
  storagePod: optional(string({ minLength: 1, maxLength: 256 })),
  hardwareVersion: optional(string({ maxLength: 16, pattern: /^vmx-\d{2}$/, patternSays: "must look like 'vmx-20'" })),
  guestId: optional(
    string({ maxLength: 64, pattern: /^[A-Za-z][A-Za-z0-9_]*$/, patternSays: "must look like 'debian12_64Guest'" }),
  ),
  extraConfig: optional(dictionary(string({ maxLength: 4096 }))),
  domain: optional(string({ minLength: 1, maxLength: 253 })),
  windows: optional(windows),
  cloudInit: optional(cloudInit),
  ovf: optional(ovf),
} as const

/** Checks `spec.extensions.vsphere`; an unknown field is refused by name. */
export const vsphereExtensionSchema: Schema<VsphereExtension> = object(shape) satisfies Schema<ObjectOf<typeof shape>>
