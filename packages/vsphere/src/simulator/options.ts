/** Milliseconds that the platform takes, before `speed` divides them. */
export interface Timing {
  /** From the call until the task runs. */
  readonly queue: number
  readonly clone: number
  readonly create: number
  readonly powerOn: number
  readonly powerOff: number
  readonly snapshot: number
  readonly reconfigure: number
  readonly destroy: number
  readonly relocate: number
  /** Of an OVF item of a library. */
  readonly deploy: number
  /** Everything else that is a task. */
  readonly other: number
  /** From power-on until VMware Tools run and tell addresses. */
  readonly guestBoot: number
  /** From the request until the guest has shut down. */
  readonly guestShutdown: number
}

export const platformTiming: Timing = {
  queue: 50,
  clone: 8_000,
  create: 1_500,
  powerOn: 2_000,
  powerOff: 1_000,
  snapshot: 1_500,
  reconfigure: 800,
  destroy: 1_000,
  relocate: 6_000,
  deploy: 8_000,
  other: 500,
  guestBoot: 15_000,
  guestShutdown: 5_000,
}

export interface SeedOptions {
  /** Default 1. */
  readonly datacenters?: number
  /** For each datacenter; default 1. */
  readonly clusters?: number
  /** For each cluster; default 3. */
  readonly hosts?: number
  /** For each datacenter; default 2, and a datastore cluster over them. */
  readonly datastores?: number
  /** NSX networks that reach each datacenter, the last of them for its VMs; default 0. */
  readonly opaqueNetworks?: number
  /** For each datacenter; default 2. */
  readonly vms?: number
  /** Default true: `debian-13-cloud` and `windows-2022` in each datacenter. */
  readonly templates?: boolean
  /** Default false: further VMs whose names hold `/`, `%`, `\`, `&` and letters of other alphabets. */
  readonly oddNames?: boolean
  /** Default false: two more templates, both named `twins`, in two folders. */
  readonly twins?: boolean
  /** Default true on a vCenter: the library `golden`, with the items `debian-12-ovf` and, of a template, `debian-12-item`. */
  readonly library?: boolean
  /** Default true: the VMs run. */
  readonly running?: boolean
}

/** Everything here is JSON, so that a simulator in another process takes the same options. */
export interface VsphereSimulatorOptions {
  readonly seed?: SeedOptions
  /** `vcenter`, or one bare host, which cannot clone. Default `vcenter`. */
  readonly product?: 'vcenter' | 'esxi'
  /** Default 8.0.3.0. */
  readonly apiVersion?: string
  /** Divides every time the platform takes; default 1. Tests use 50 and more. */
  readonly speed?: number
  /** Single times over what `speed` gives. */
  readonly timing?: Partial<Timing>
  /** Idle limit of sessions in milliseconds of simulated time; default 30 minutes. */
  readonly sessionTimeoutMs?: number
  /** Further logins are refused with 503; default 550. */
  readonly maxSessions?: number
  /** The server never sends more objects in a page, whatever is asked for; default 1000. */
  readonly pageLimit?: number
  /** Default 0: any free port. */
  readonly port?: number
  /** Default `administrator@vsphere.local`. */
  readonly username?: string
  /** Default a fresh one. */
  readonly password?: string
  /** Of a second user, who has no role anywhere and is therefore not even let in; default: there is none. */
  readonly withoutRole?: { readonly username: string; readonly password: string }
  /** Password of `root` in every guest; default a fresh one. */
  readonly guestPassword?: string
  /** What opens `/simulator-control/`; without it that door is shut. */
  readonly controlToken?: string
}

/** How to reach a simulator. */
export interface SimulatorAddress {
  /** `https://127.0.0.1:port`, without `/sdk`. */
  readonly url: string
  readonly port: number
  /** PEM of the authority that signed the certificate. */
  readonly ca: string
  /** Of the certificate, upper-case hex with colons. */
  readonly fingerprint256: string
  readonly fingerprint1: string
  readonly credentials: { readonly username: string; readonly password: string }
  /** Undefined for a bare host. */
  readonly instanceUuid: string | undefined
  /** A SAML assertion of the single sign-on service that lets the same user in. */
  readonly token: string
  /** Lets somebody into every guest. */
  readonly guestLogin: { readonly username: string; readonly password: string }
}
