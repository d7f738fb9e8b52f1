import type { Facts } from './facts.js'

/** What front ends read and back ends write: the types of one or more namespaces, and the methods where the source has any. */
export interface SchemaModel {
  /** Where it comes from, for the header of generated files: `vim25 9.1.0.0`. */
  readonly source: string
  readonly types: ReadonlyMap<TypeId, TypeModel>
  readonly elements: readonly GlobalElement[]
  readonly managedTypes: readonly ManagedType[]
  /** What the source says and the result cannot: a pattern that JavaScript does not know, text between elements. */
  readonly warnings: readonly string[]
}

/** `{uri}name` of a named type; types without a name are called after the element they belong to. */
export type TypeId = string

/** Kinds of the codec that need no type. */
export type Primitive =
  | 'string'
  | 'token'
  | 'boolean'
  | 'int'
  | 'short'
  | 'byte'
  | 'long'
  | 'double'
  | 'dateTime'
  | 'base64'
  | 'any'
  | 'raw'
  | 'skip'

/** What a member holds. */
export type ValueKind = { readonly primitive: Primitive } | { readonly type: TypeId }

export type TypeModel = ComplexType | Enumeration | SimpleRestriction

interface NamedType {
  readonly id: TypeId
  readonly namespace: string
  /** Name on the wire, undefined for a type that has none. */
  readonly wireName: string | undefined
  /** What the TypeScript name is made of. */
  readonly name: string
  /** Group that the source puts the type into: the vmodl package of a vim25 type. Types of many owners are laid out by it. */
  readonly family: string
  readonly facts: Facts
}

export interface ComplexType extends NamedType {
  readonly form: 'complex'
  readonly base: TypeId | undefined
  readonly abstract: boolean
  /** Own members only, in wire order. */
  readonly members: readonly Member[]
  /** Attributes whose value is a matter of the encoder's options. */
  readonly constructedAttributes: readonly string[]
}

export interface Member {
  readonly place: 'element' | 'attribute' | 'text' | 'any'
  /** Local name on the wire; empty for text and wildcards. */
  readonly name: string
  /** URI of an element; empty for other places. */
  readonly namespace: string
  readonly value: ValueKind
  readonly list: boolean
  readonly required: boolean
  /** Enumeration that lists the values of a member typed as plain string. */
  readonly valuesOf?: TypeId
  readonly facts: Facts
}

export interface Enumeration extends NamedType {
  readonly form: 'enumeration'
  readonly values: readonly EnumerationValue[]
  /** The source itself allows other values. */
  readonly open: boolean
}

export interface EnumerationValue {
  readonly value: string
  readonly facts: Facts
}

export interface SimpleRestriction extends NamedType {
  readonly form: 'restriction'
  readonly base: ValueKind
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export interface GlobalElement {
  readonly name: string
  readonly namespace: string
  readonly value: ValueKind
}

/** A remote object: properties to read and methods to call. */
export interface ManagedType {
  readonly name: string
  readonly base: string | undefined
  readonly properties: readonly Member[]
  readonly methods: readonly Method[]
  readonly facts: Facts
}

export interface Method {
  readonly name: string
  readonly request: TypeId
  readonly response: TypeId
  /** Local names of the fault types. */
  readonly faults: readonly string[]
  /** What the task that the method starts ends with: a type's name with `*` for a list, `void` for nothing. */
  readonly task?: string
  readonly facts: Facts
}
