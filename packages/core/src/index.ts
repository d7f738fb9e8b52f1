export type { AdapterContext, AdapterOperations, FailedCall, HypervisorAdapter, OperationInputs } from './adapter.js'
export type {
  ErrorCode,
  ErrorDetails,
  ErrorJson,
  ErrorOutcome,
  Missing,
  NativeError,
  Problem,
} from './errors/error-codes.js'
export { type ErrorFields, HypervisorError } from './errors/hypervisor-error.js'
export { coreVersion } from './generated/version.js'
export { type EachOptions, each, eachVm } from './inventory/each.js'
export { collectProblems, describeReference, type ProblemCollector } from './inventory/reference-problems.js'
export {
  isWithin,
  type ReferenceCandidate,
  type ReferenceTarget,
  resolveReference,
} from './inventory/resolve-reference.js'
export type { Json, JsonObject } from './json.js'
export { createLimiter, type LaneWidths } from './limits/create-limiter.js'
export type { Lane, Limiter } from './limits/limiter.js'
export type { Capabilities, ConnectionReport } from './model/capabilities.js'
export { reachableAddresses } from './model/facets/addresses.js'
export type { ConsoleTicket } from './model/facets/console.js'
export { type ChangeBatch, type ChangeEvent, watchChanges } from './model/facets/events.js'
export type {
  AdapterFacetOf,
  FacetInputs,
  FacetName,
  FacetOf,
  FacetOperationKind,
  FacetOperations,
  FacetReads,
  FacetResults,
} from './model/facets/facets.js'
export type { Folder } from './model/facets/folders.js'
export type { GuestExit, GuestInfo, GuestInterface, GuestLogin } from './model/facets/guest.js'
export type { Image } from './model/facets/images.js'
export type { MetricName, MetricSeries, MetricUnits } from './model/facets/metrics.js'
export type { ChangePreview, VmChanges } from './model/facets/reconfigure.js'
export { type Snapshot, type SnapshotList, type SnapshotNode, snapshotTree } from './model/facets/snapshots.js'
export type { Listing, ListProblem, Page, PageQuery, ResourceQuery } from './model/page.js'
export type {
  CloneMode,
  DiskSpec,
  GuestCustomization,
  NicSpec,
  Placement,
  VmProvisionSpec,
  VmSource,
} from './model/provision.js'
export type { Reference, ResourceKind, VmRef } from './model/references.js'
export type {
  Cluster,
  Datacenter,
  Datastore,
  DatastoreContent,
  Host,
  Network,
  Resource,
  ResourceBase,
  ResourceOf,
  ResourcePool,
  Resources,
  Template,
} from './model/resources.js'
export type {
  ActionVerdict,
  DeleteOptions,
  DeleteReport,
  PowerState,
  RestartOptions,
  StopOptions,
  Transition,
  VmAction,
  VmDisk,
  VmInfo,
  VmNic,
  VmQuery,
  VmSummary,
} from './model/vm.js'
export type { AuditEvent, AuditSink, CallEvent, EventSource } from './observe/events.js'
export { silentLogger } from './observe/logger.js'
export { createBatcher } from './operations/batch.js'
export type { OperationHandle, OperationKind, OperationResults } from './operations/handle.js'
export type { StepEvent } from './operations/host.js'
export { findMarker, formatMarker, type Marker, parseMarker } from './operations/marker.js'
export type { Advance, CancelAnswer, Operation, OperationProgress, WaitOptions } from './operations/operation.js'
export type { Sealed, SealedSecret } from './operations/seal.js'
export type {
  AnyOperationDefinition,
  Begun,
  Found,
  Leftover,
  OperationDefinition,
  Polled,
  Repeat,
  Step,
  StepContext,
} from './operations/step.js'
export { memoryOperationStore, type OperationStore } from './operations/store.js'
export {
  type AnyPlugin,
  type ConfigOf,
  type ConnectContext,
  definePlugin,
  type ExtensionsOf,
  type HypervisorPlugin,
  type Logger,
  type NativeOf,
  portVersion,
} from './plugin.js'
export { nativeOf } from './port/native-of.js'
export type {
  CallOptions,
  CreateVmOptions,
  HypervisorPort,
  MutationOptions,
  ResourceOverview,
  ResumeOptions,
} from './port.js'
export { createRegistry } from './registry/create-registry.js'
export type { Registry, RegistryOptions } from './registry/registry.js'
export { err, ok, type Result, unwrap } from './result.js'
export { didYouMean } from './schema/nearest.js'
export type { StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema.js'
export { combineSecrets, envSecrets } from './secrets/env-secrets.js'
export { type FileSecretsOptions, fileSecrets } from './secrets/file-secrets.js'
export { defaultSecrets, resolveSecretInput } from './secrets/resolve-secret.js'
export { Secret, type SecretInput, type SecretResolver } from './secrets/secret.js'
export { gib, kib, mib, tib } from './units.js'
