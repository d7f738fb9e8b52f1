import type { Vim25ManagedTypes } from '../generated/types.js'
import type { ManagedObjectReference } from './reference.js'
import type { WatchEventOf } from './watch.js'

/** A type of managed objects, as in `VirtualMachine`. */
export type ManagedType = keyof Vim25ManagedTypes & string

/**
 * The type at one path. It is computed for the paths that are asked for and for no others: a virtual machine alone has several
 * thousand. `never` where nothing has such a property.
 */
export type PropertyAt<Value, Path extends string> = Value extends undefined | { readonly _type: '$unknown' }
  ? never
  : Path extends `${infer Head}.${infer Rest}`
    ? Head extends keyof Value
      ? UnsetAsWell<PropertyAt<Value[Head], Rest>, Value[Head]>
      : never
    : Path extends keyof Value
      ? Value[Path]
      : never

/** What lies below something that may be unset may be unset as well. */
type UnsetAsWell<Below, Above> = [Below] extends [never] ? never : Below | Extract<Above, undefined>

/** The path itself where it leads to a property, and a text that says so where it does not. */
export type ValidPath<Type extends ManagedType, Path extends string> = Path extends string
  ? [PropertyAt<Vim25ManagedTypes[Type], Path>] extends [never]
    ? `${Type} has no property ${Path}`
    : Path
  : never

/** An object with the properties that were asked for, by their paths. */
export type Retrieved<Type extends ManagedType, Path extends string, Missing = never> = {
  readonly ref: ManagedObjectReference
} & { readonly [Each in Path]: PropertyAt<Vim25ManagedTypes[Type], Each> | Missing }

/** An event of a change stream. */
export type WatchEvent<Type extends ManagedType, Path extends string> = WatchEventOf<{
  readonly [Each in Path]?: PropertyAt<Vim25ManagedTypes[Type], Each> | undefined
}>
