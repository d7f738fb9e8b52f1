import type { XmlInput } from '@dcm/wire/xml'
import type { ManagedObjectReference } from '../../generated/shared/core.js'
import type { Vim25ManagedTypes } from '../../generated/types.js'

export type Ref = ManagedObjectReference
export type ManagedTypeName = keyof Vim25ManagedTypes & string

/** The properties of an object that are set. Getters among them are computed when somebody reads. */
export type State<Type extends ManagedTypeName> = {
  -readonly [Property in keyof Vim25ManagedTypes[Type]]?: XmlInput<Vim25ManagedTypes[Type][Property]> | undefined
}

/** An object of the inventory, or one that belongs to a session. */
export interface ManagedObject<Type extends ManagedTypeName = ManagedTypeName> {
  readonly ref: Ref
  readonly state: State<Type>
  /** Grows with every change. */
  revision: number
}

export const keyOf = ({ type, value }: Ref): string => `${type}:${value}`
export const sameRef = (a: Ref | undefined, b: Ref | undefined): boolean =>
  a !== undefined && b !== undefined && a.type === b.type && a.value === b.value

/** A property by its name, when the name comes from a request. */
export function readProperty(object: ManagedObject, name: string): unknown {
  const state: Readonly<Record<string, unknown>> = object.state
  return Object.hasOwn(state, name) ? state[name] : undefined
}
