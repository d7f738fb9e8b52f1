import type { ProxmoxClient } from '../client/client.js'
import type { OperationResult } from '../client/request-types.js'
import type { CloneLane } from './clone-lane.js'
import type { KnownTemplates } from './known-templates.js'
import type { SharedStorages } from './shared-storages.js'
import type { TaskPolling } from './task-polling.js'

/** The part of the client that the adapter stands on. */
export type ProxmoxApi = Pick<ProxmoxClient, 'request' | 'taskStates' | 'version'>

/** A row of GET /cluster/resources. */
export type ResourceRow = OperationResult<'GET /cluster/resources'>[number]
/** The answer of GET /nodes/{node}/qemu/{vmid}/config. */
export type VmConfig = OperationResult<'GET /nodes/{node}/qemu/{vmid}/config'>
/** The answer of GET /nodes/{node}/qemu/{vmid}/status/current. */
export type VmStatus = OperationResult<'GET /nodes/{node}/qemu/{vmid}/status/current'>

/** Where a VM is: what its calls need in their path. */
export interface VmPlace {
  readonly vmid: number
  readonly node: string
}

/** What all parts of the adapter share. */
export interface Platform {
  readonly api: ProxmoxApi
  /** Name of the endpoint, for VmRefs. */
  readonly endpoint: string
  readonly tasks: TaskPolling
  readonly cloneLane: CloneLane
  readonly sharedStorages: SharedStorages
  readonly templates: KnownTemplates
  /** Ids for new VMs; the datacenter's own range where it is not configured. */
  readonly vmidRange: VmidRange | undefined
  /** Cluster name, or the node's name where there is no cluster. Asked once. */
  identity(signal: AbortSignal): Promise<string>
}

export interface VmidRange {
  readonly from: number
  readonly to: number
}
