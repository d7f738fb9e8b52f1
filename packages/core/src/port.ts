import type { Capabilities, ConnectionReport } from './model/capabilities.js'
import type { FacetOf } from './model/facets/facets.js'
import type { ListProblem, Page, PageQuery, ResourceQuery } from './model/page.js'
import type { VmProvisionSpec } from './model/provision.js'
import type { VmRef } from './model/references.js'
import type {
  Cluster,
  Datacenter,
  Datastore,
  Host,
  Network,
  ResourcePool,
  Resources,
  Template,
} from './model/resources.js'
import type { DeleteOptions, RestartOptions, StopOptions, VmInfo, VmQuery, VmSummary } from './model/vm.js'
import type { OperationHandle, OperationKind } from './operations/handle.js'
import type { Advance, Operation } from './operations/operation.js'
import type { OperationStore } from './operations/store.js'
import type { AnyPlugin } from './plugin.js'
import type { Result } from './result.js'

/** What every method takes. */
export interface CallOptions {
  /** Aborting it ends the call with CANCELLED; remote work goes on. */
  readonly signal?: AbortSignal
  /** The call fails with TIMEOUT after this. Default 60,000. */
  readonly timeoutMs?: number
  /** On whose behalf, for the audit. */
  readonly actor?: string
}

/** What every mutating method takes. */
export interface MutationOptions extends CallOptions {
  /**
   * Awaited before each mutation is sent (intent) and after it was accepted. Store the handle: a process that dies in
   * between is continued by `resumeOperation`. If it rejects, nothing is sent.
   */
  readonly onCheckpoint?: (handle: OperationHandle) => void | Promise<void>
  /** Stores each checkpoint by compare-and-set, so that two runners never double an operation. */
  readonly store?: OperationStore
  /** The operation fails with TIMEOUT, and is undone, after this, on the endpoint's clock. Default: never. */
  readonly deadlineMs?: number
}

/** What `createVm` takes beside its specification. */
export interface CreateVmOptions extends MutationOptions {
  /**
   * Same key and specification: the same VM, also after a crash. Same key, other specification: ALREADY_EXISTS.
   * It lives as long as its VM. Default: a random one.
   */
  readonly idempotencyKey?: string
}

/** What going on with a stored operation takes. */
export interface ResumeOptions<P extends AnyPlugin = AnyPlugin> extends MutationOptions {
  /** The specification again, where it held inline secrets. */
  readonly spec?: VmProvisionSpec<P>
  /** For an operation of a facet: its input again, where it held inline secrets. */
  readonly input?: object
}

/** All resources in one answer. */
export interface ResourceOverview extends Resources {
  readonly problems: readonly ListProblem[]
  readonly complete: boolean
  readonly observedAt: string
}

type List<T> = (query?: ResourceQuery, options?: CallOptions) => Promise<Result<Page<T>>>

/** One hypervisor endpoint. Every method answers with a `Result`; none rejects but on programmer error. */
export interface HypervisorPort<P extends AnyPlugin = AnyPlugin> {
  readonly plugin: P
  /** Name of the endpoint, as configured. */
  readonly endpoint: string

  /** Host, certificate, credentials and rights: is everything there that the port needs? */
  testConnection(options?: CallOptions): Promise<Result<ConnectionReport>>
  /** What this endpoint can do: facets, sources, limits, rules for names. Plain data, to be stored and compared. */
  capabilities(options?: CallOptions): Promise<Result<Capabilities>>
  /** Does this endpoint have the facet, now? */
  supports(facet: P['facets'][number], options?: CallOptions): Promise<Result<boolean>>
  /** The facet, if the endpoint's capabilities list it; else UNSUPPORTED with the reason. */
  facet<K extends P['facets'][number]>(name: K, options?: CallOptions): Promise<Result<FacetOf<K>>>

  /**
   * Everything but VMs in one answer. Like all lists: a bounded number of native calls whatever there is; of a host that does
   * not answer the page is partial, with its problem; NOT_FOUND or AMBIGUOUS for a `within` that fits nothing or two things.
   */
  listResources(query?: Omit<ResourceQuery, keyof PageQuery>, options?: CallOptions): Promise<Result<ResourceOverview>>
  readonly listDatacenters: List<Datacenter>
  readonly listClusters: List<Cluster>
  readonly listHosts: List<Host>
  readonly listDatastores: List<Datastore>
  readonly listNetworks: List<Network>
  readonly listResourcePools: List<ResourcePool>
  readonly listTemplates: List<Template>

  /** VMs, templates left out. States may lag by `capabilities().lists.lagMs`; `getVm` is exact. */
  listVms(query?: VmQuery, options?: CallOptions): Promise<Result<Page<VmSummary>>>
  /**
   * One VM, read live. An id alone will do. NOT_FOUND where there is none, and where another VM has its id by now (the
   * incarnation no longer fits).
   */
  getVm(ref: VmRef, options?: CallOptions): Promise<Result<VmInfo>>

  /**
   * Makes a VM and, unless `powerOn` is false, starts it; gives its VmInfo. Everything is checked before the first write:
   * INVALID_ARGUMENT, NOT_FOUND, AMBIGUOUS with all problems at once. ALREADY_EXISTS for a key with another specification,
   * RESOURCE_EXHAUSTED for no room. A failed creation leaves nothing, or is PARTIAL with every leftover and its clean-up.
   */
  createVm(spec: VmProvisionSpec<P>, options?: CreateVmOptions): Promise<Result<Operation<'createVm'>>>
  /** Starts it, or resumes a paused or suspended one. Success without a write where it runs. */
  startVm(ref: VmRef, options?: MutationOptions): Promise<Result<Operation<'startVm'>>>
  /**
   * Stops it; success without a write where it is stopped. `graceful` (default): FAILED_PRECONDITION at once where the guest
   * cannot be asked, TIMEOUT at `graceMs` where it does not obey, and it still runs. A suspended one needs `discardSavedState`.
   */
  stopVm(ref: VmRef, options?: MutationOptions & StopOptions): Promise<Result<Operation<'stopVm'>>>
  /** Restarts a running one: asks the guest, or resets in mode `hard`. FAILED_PRECONDITION for a stopped one. */
  restartVm(ref: VmRef, options?: MutationOptions & RestartOptions): Promise<Result<Operation<'restartVm'>>>
  /**
   * Removes it with its disks (`disks: 'keep'` where the capabilities have `keepDisks`); gives what was removed and what was
   * left. Success where it is absent; FAILED_PRECONDITION where it runs, without `force`; refused where another VM has its id.
   */
  deleteVm(ref: VmRef, options?: MutationOptions & DeleteOptions): Promise<Result<Operation<'deleteVm'>>>

  /** An operation to wait for, from a stored handle. Does no I/O by itself. */
  resumeOperation<K extends OperationKind>(
    handle: OperationHandle<K>,
    options?: ResumeOptions<P>,
  ): Promise<Result<Operation<K>>>
  /** One bounded step of a stored operation. Never sleeps: call it again after `retryAfterMs`. */
  advanceOperation<K extends OperationKind>(
    handle: OperationHandle<K>,
    options?: ResumeOptions<P>,
  ): Promise<Result<Advance<K>>>
  /** One step of each; their polls share requests where the platform allows it. Answers in the order given. */
  advanceOperations(
    handles: readonly OperationHandle[],
    options?: MutationOptions,
  ): Promise<readonly Result<Advance<OperationKind>>[]>

  /** Logs out and closes. Later calls answer FAILED_PRECONDITION; a second close does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
