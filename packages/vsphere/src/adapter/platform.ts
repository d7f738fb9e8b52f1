import type { VsphereClient } from '../client/client.js'
import type { InventoryReads } from './inventory-reads.js'
import type { LibraryItems } from './library/library-items.js'
import type { OpaqueNetworks } from './opaque-networks.js'
import type { Tagging } from './tags/tagging.js'
import type { TaskPolling } from './task-polling.js'
import type { VmIds } from './vm-ids.js'

/** What a server is, as it says without a login. */
export interface ServerFacts {
  readonly product: string
  readonly version: string
  /** A vCenter, which has clones; else a bare ESXi host. */
  readonly isVcenter: boolean
}

/** One endpoint, as the parts of the adapter see it. */
export interface Platform {
  readonly api: VsphereClient
  readonly endpoint: string
  readonly inventory: InventoryReads
  readonly tasks: TaskPolling
  readonly tags: Tagging
  readonly library: LibraryItems
  readonly vmIds: VmIds
  readonly opaqueNetworks: OpaqueNetworks
  facts(): Promise<ServerFacts>
  /** The vCenter's own uuid; a bare host's hardware uuid. Read once. */
  identity(): Promise<string>
}
