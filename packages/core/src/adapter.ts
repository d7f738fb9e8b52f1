import type { HypervisorError } from './errors/hypervisor-error.js'
import type { Capabilities, ConnectionReport } from './model/capabilities.js'
import type { AdapterFacetOf, FacetInputs, FacetName } from './model/facets/facets.js'
import type { Listing } from './model/page.js'
import type { VmProvisionSpec } from './model/provision.js'
import type { ResourceKind, VmRef } from './model/references.js'
import type { ResourceOf } from './model/resources.js'
import type {
  DeleteOptions,
  DeleteReport,
  RestartOptions,
  StopOptions,
  VmInfo,
  VmQuery,
  VmSummary,
} from './model/vm.js'
import type { AnyOperationDefinition } from './operations/step.js'

/** What every call of an adapter is told. */
export interface AdapterContext {
  /** Aborted by the caller or by the call's deadline. */
  readonly signal: AbortSignal
}

/** Which call failed. */
export interface FailedCall {
  /** A method of the adapter, an operation, or a facet's method: `getVm`, `createVm`, `snapshots.list`. */
  readonly operation: string
  /** What it was about: the id of a VM, or the name of one that is made. */
  readonly resource?: string
}

/** Inputs of the operations, as they stand in handles. */
export interface OperationInputs extends FacetInputs {
  readonly createVm: { readonly spec: VmProvisionSpec }
  readonly startVm: { readonly ref: VmRef }
  readonly stopVm: { readonly ref: VmRef; readonly options: Required<StopOptions> }
  readonly restartVm: { readonly ref: VmRef; readonly options: Required<RestartOptions> }
  readonly deleteVm: { readonly ref: VmRef; readonly options: Required<DeleteOptions> }
}

/** How an adapter does each mutating verb of the port itself. Those of facets stand in its facets. */
export interface AdapterOperations {
  readonly createVm: AnyOperationDefinition<OperationInputs['createVm'], VmInfo>
  readonly startVm: AnyOperationDefinition<OperationInputs['startVm'], VmInfo>
  readonly stopVm: AnyOperationDefinition<OperationInputs['stopVm'], VmInfo>
  readonly restartVm: AnyOperationDefinition<OperationInputs['restartVm'], VmInfo>
  readonly deleteVm: AnyOperationDefinition<OperationInputs['deleteVm'], DeleteReport>
}

/**
 * What a plugin implements: small, and free to throw what its client throws. Results, errors of the port, input checks,
 * paging, filters, audit, limits, deadlines and operations are core's work around it.
 */
export interface HypervisorAdapter<Native = unknown, F extends FacetName = FacetName> {
  /** The typed vendor client, for what the port does not cover. */
  readonly native: Native
  /**
   * An error of the client or the transport in the port's words; undefined for anything else. Core asks it of all that a
   * method, a hook of a step or a facet throws and that is no HypervisorError yet. An adapter needs none if its client
   * throws those itself.
   */
  mapError?(thrown: unknown, call: FailedCall): HypervisorError | undefined
  /** What the platform says of itself; asked once and kept by core. */
  platformIdentity(context: AdapterContext): Promise<string>
  /** Logs in and looks which rights there are. PERMISSION_DENIED naming the missing ones, UNAUTHENTICATED after one attempt. */
  testConnection(context: AdapterContext): Promise<ConnectionReport>
  /** The same for the same endpoint: no times, no counters. Core checks every input against them. */
  capabilities(context: AdapterContext): Promise<Capabilities>
  /** All resources of these kinds, in a bounded number of calls; `within` may narrow the calls, core filters anyway. */
  listResources<K extends ResourceKind>(kinds: ReadonlySet<K>, context: AdapterContext): Promise<Listing<ResourceOf<K>>>
  /** All VMs, templates left out, in a bounded number of calls. Applies `within`; core applies the other filters. */
  listVms(query: Pick<VmQuery, 'within'>, context: AdapterContext): Promise<Listing<VmSummary>>
  /** Live and exact. NOT_FOUND for an unknown id, also when the incarnation no longer fits. */
  getVm(ref: VmRef, context: AdapterContext): Promise<VmInfo>
  readonly operations: AdapterOperations
  /** The endpoint's clock in epoch milliseconds, where the platform tells it. */
  now?(): number
  /** Names the session that scoped steps run in, by something that is not its token. */
  sessionId?(): string | undefined
  /** The facets of the manifest; core gives one out only when the capabilities list it. */
  readonly facets: { readonly [K in F]?: AdapterFacetOf<K> }
  /** Logs out and closes sockets. Called once. */
  close(): Promise<void>
}
