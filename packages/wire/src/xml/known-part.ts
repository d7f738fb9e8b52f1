import type { UnknownObject } from './decode/decode-context.js'

/** What a value surely has: of a known type all of it, of an unknown one what its declared type has. */
export type KnownPart<Value> = Value extends UnknownObject<infer Base> ? Base : Value

/**
 * The properties that all types of a hierarchy have, without asking for the type: the value itself, or `base` of a value whose
 * type the schema does not know.
 */
export function knownPart<Value extends object>(value: Value): KnownPart<Value> {
  const part = '_type' in value && value._type === '$unknown' && 'base' in value ? value.base : value
  return part as KnownPart<Value> // the two cases of the type
}
