import type { OperationInputs, Sealed, StepContext } from '@dcm/core'
import type { VsphereExtension } from '../extension.js'
import type { ImageFile } from '../images/datastore-image.js'
import type { VmState } from '../power/power-state.js'

/** How a card is plugged into a network. */
export type NetworkBacking =
  | { readonly kind: 'standard'; readonly name: string; readonly network: string }
  | { readonly kind: 'distributed'; readonly switchUuid: string; readonly portgroupKey: string }
  | { readonly kind: 'opaque'; readonly id: string; readonly type: string }

/** What a creation keeps in its handle. */
export type CreateState = VmState & {
  /** Tells our VM from one that another run of the same key makes. */
  attempt: string
  /** The VM is there already and of our own attempt: another runner of this operation sent for it. */
  own: boolean
  /** The VM was there already, made by another run of the same key: nothing of it may be undone. */
  adopted: boolean
  /** Another run had even finished it: it is what its owner made of it since. */
  finished: boolean
  folder: string
  pool: string
  host: string
  datastore: string
  datastoreName: string
  /** The template, and the snapshot that a linked clone hangs on. */
  source: string
  snapshot: string
  /** Installation image in the drive of a new VM. */
  image: ImageFile
  /** OVF item of a content library that is deployed, by the service's id, and the networks that its own ones become. */
  item: string
  networkMappings: Record<string, string>
  /** Its deployment was answered with our `vm`: that is ours, whether or not it bears our claim yet. */
  deployed: boolean
  /** Datastore cluster that shall choose the datastore. */
  pod: string
  /** Datastore of each disk of the specification, where it names one: id and name. */
  diskDatastores: ([string, string] | null)[]
  networks: NetworkBacking[]
}

export type CreateInput = OperationInputs['createVm']
export type CreateContext = StepContext<CreateInput, CreateState>
export type SealedSpec = Sealed<CreateInput>['spec']

/** Our part of the specification's extensions. */
export function extensionOf(spec: Pick<SealedSpec, 'extensions'>): Sealed<VsphereExtension> {
  // Core checked it with this plugin's own schema before anything began.
  return (spec.extensions as { readonly vsphere?: Sealed<VsphereExtension> } | undefined)?.vsphere ?? {}
}

/** The marker; every creation has one. */
export function markerOf(context: Pick<CreateContext, 'marker'>): NonNullable<CreateContext['marker']> {
  if (context.marker === undefined) throw new TypeError('a creation has a marker')
  return context.marker
}

/** Is the new VM a copy of a running one? */
export function isInstant({ source }: Pick<SealedSpec, 'source'>): boolean {
  return source.from === 'template' && source.clone === 'instant'
}
