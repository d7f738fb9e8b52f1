/** The kinds of thing that an endpoint holds beside VMs. */
export type ResourceKind = 'datacenter' | 'cluster' | 'host' | 'datastore' | 'network' | 'resource-pool' | 'template'

/**
 * How callers point at a template, network, datastore or place: by id, or by a name that must fit exactly one thing
 * (`within` narrows it to what lies below the thing of that id or name).
 */
export type Reference = { readonly id: string } | { readonly name: string; readonly within?: string }

/** A VM, everywhere and for ever. Plain JSON: store it, send it, bring it back. */
export interface VmRef {
  /** Name of the endpoint, as it was configured. */
  readonly endpoint: string
  /** The platform's durable id (Proxmox vmid, vSphere instanceUuid, Hyper-V VM id, partition UUID). Holds no placement. */
  readonly id: string
  /** Where the VM was last seen (node, moref, managed system). A hint: re-resolved when it is stale. */
  readonly locator?: string
  /** Tells two VMs apart that had the same id one after the other, where a platform reuses ids. */
  readonly incarnation?: string
}
