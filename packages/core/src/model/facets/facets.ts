import type { AdapterContext } from '../../adapter.js'
import type { Operation } from '../../operations/operation.js'
import type { AnyOperationDefinition } from '../../operations/step.js'
import type { CallOptions, CreateVmOptions, MutationOptions } from '../../port.js'
import type { Result } from '../../result.js'
import type { CloneOperations } from './clone.js'
import type { ConsoleReads } from './console.js'
import type { DiskOperations } from './disks.js'
import type { EventReads } from './events.js'
import type { FolderOperations, FolderReads } from './folders.js'
import type { GuestOperations, GuestReads } from './guest.js'
import type { ImageOperations, ImageReads } from './images.js'
import type { MetricReads } from './metrics.js'
import type { MigrateOperations } from './migrate.js'
import type { NicOperations } from './nics.js'
import type { ResetOperations, SuspendOperations } from './power.js'
import type { ReconfigureOperations, ReconfigureReads } from './reconfigure.js'
import type { SnapshotOperations, SnapshotReads } from './snapshots.js'
import type { TagOperations, TagReads } from './tags.js'
import type { TemplateOperations } from './templates.js'

/** What each facet answers at once: the method's input, and what it gives. */
export interface FacetReads {
  readonly snapshots: SnapshotReads
  readonly reconfigure: ReconfigureReads
  readonly disks: object
  readonly nics: object
  readonly suspend: object
  readonly reset: object
  readonly clone: object
  readonly migrate: object
  readonly console: ConsoleReads
  readonly guest: GuestReads
  readonly tags: TagReads
  readonly metrics: MetricReads
  readonly events: EventReads
  readonly images: ImageReads
  readonly templates: object
  readonly folders: FolderReads
}

/** What each facet does by an operation: the input, as it stands in the handle, and the result. */
export interface FacetOperations {
  readonly snapshots: SnapshotOperations
  readonly reconfigure: ReconfigureOperations
  readonly disks: DiskOperations
  readonly nics: NicOperations
  readonly suspend: SuspendOperations
  readonly reset: ResetOperations
  readonly clone: CloneOperations
  readonly migrate: MigrateOperations
  readonly console: object
  readonly guest: GuestOperations
  readonly tags: TagOperations
  readonly metrics: object
  readonly events: object
  readonly images: ImageOperations
  readonly templates: TemplateOperations
  readonly folders: FolderOperations
}

/** Optional abilities of a platform. What an endpoint really has stands in its capabilities. */
export type FacetName = keyof FacetOperations

/** What a method of the tables above takes and gives. */
export type InputOf<M> = M extends (input: infer Input) => unknown ? Input : never
export type OutputOf<M> = M extends (input: never) => infer Output ? Output : never

/** The operation kinds of a facet: `snapshots.create`. */
export type FacetKindOf<K extends FacetName> = `${K}.${keyof FacetOperations[K] & string}`

/** Every operation kind of every facet. */
export type FacetOperationKind = { [K in FacetName]: FacetKindOf<K> }[FacetName]

type MethodOf<Kind extends FacetOperationKind> = Kind extends `${infer K extends FacetName}.${infer M}`
  ? M extends keyof FacetOperations[K]
    ? FacetOperations[K][M]
    : never
  : never

/** Inputs of facet operations by kind, as they stand in handles. */
export type FacetInputs = { readonly [Kind in FacetOperationKind]: InputOf<MethodOf<Kind>> }

/** Results of facet operations by kind. */
export type FacetResults = { readonly [Kind in FacetOperationKind]: OutputOf<MethodOf<Kind>> }

/** Methods of facets that are audited although they are no operations: they open something to somebody. */
export type AuditedRead = 'console.open' | 'guest.readFile' | 'guest.writeFile'

/** The input may be left out where nothing in it is required. */
type Arguments<Input, Options> =
  Record<never, never> extends Input ? [input?: Input, options?: Options] : [input: Input, options?: Options]

type PortReads<K extends FacetName> = {
  readonly [M in keyof FacetReads[K]]: (
    ...given: Arguments<InputOf<FacetReads[K][M]>, CallOptions>
  ) => Promise<Result<OutputOf<FacetReads[K][M]>>>
}

type PortOperations<K extends FacetName> = {
  readonly [M in keyof FacetOperations[K] & string]: (
    input: InputOf<FacetOperations[K][M]>,
    options?: `${K}.${M}` extends 'clone.clone' ? CreateVmOptions : MutationOptions,
  ) => Promise<Result<Operation<`${K}.${M}` & FacetOperationKind>>>
}

/** A facet as `port.facet` gives it: reads answer, changes are operations like `createVm`. */
export type FacetOf<K extends FacetName> = { [N in K]: PortReads<N> & PortOperations<N> }[K]

type AdapterReads<K extends FacetName> = {
  readonly [M in keyof FacetReads[K]]: (
    input: InputOf<FacetReads[K][M]>,
    context: AdapterContext,
  ) => Promise<OutputOf<FacetReads[K][M]>>
}

type AdapterFacetOperations<K extends FacetName> = {
  readonly [M in keyof FacetOperations[K]]: AnyOperationDefinition<
    InputOf<FacetOperations[K][M]>,
    OutputOf<FacetOperations[K][M]>
  >
}

/** A facet as an adapter implements it: reads throw `HypervisorError`, changes are described as steps. */
export type AdapterFacetOf<K extends FacetName> = { [N in K]: AdapterReads<N> & AdapterFacetOperations<N> }[K]
