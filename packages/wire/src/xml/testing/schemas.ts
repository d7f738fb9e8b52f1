import type { XmlElement } from '../element.js'
import { type AtomTypes, createAtomPart, type SoapTypes, soapPart } from '../schema/common-parts.js'
import { defineXmlSchema, type SchemaPart, type XmlSchema } from '../schema/schema-part.js'
import partitionPartJson from './partition-part.json' with { type: 'json' }
import vimPartJson from './vim-part.json' with { type: 'json' }

export const partitionPart: SchemaPart = partitionPartJson
export const vimPart: SchemaPart = vimPartJson

/** Types of the examples, as far as tests look at them. */
export interface Partition {
  readonly PartitionName: string | undefined
  readonly PartitionID: number | undefined
  readonly PartitionState: string | undefined
  readonly PartitionMemoryConfiguration:
    | { readonly CurrentMemory: number | undefined; readonly ExpansionFactor: number | undefined }
    | undefined
  readonly ClientNetworkAdapters: { readonly link: readonly { readonly href: string | undefined }[] } | undefined
  readonly $unknown?: readonly XmlElement[]
  readonly $attributes?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface PartitionTypes extends AtomTypes<Partition> {
  readonly LogicalPartition: Partition
}

export interface MoRef {
  readonly type: string | undefined
  readonly value: string | undefined
}

export interface VimTypes extends SoapTypes {
  readonly ManagedObjectReference: MoRef
  readonly ObjectContent: {
    readonly obj: MoRef | undefined
    readonly propSet: readonly { readonly name: string | undefined; readonly val: unknown }[]
    readonly missingSet: readonly unknown[]
  }
  readonly VirtualDevice: { readonly _type: string; readonly key: number | undefined }
  readonly VirtualMachineCloneSpec: object
  readonly string: string
  readonly any: unknown
}

export const partitionSchema: XmlSchema<PartitionTypes> = defineXmlSchema(
  partitionPart,
  createAtomPart(partitionPart.namespace),
)
export const vimSchema: XmlSchema<VimTypes> = defineXmlSchema(vimPart, soapPart)
