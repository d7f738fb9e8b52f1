import { type TypedValue, typedValue } from '@dcm/wire/xml'
import type { Ref } from './managed-object.js'

/** A reference for a place that does not say its type, such as the result of a task. */
export const reference = (ref: Ref): TypedValue => typedValue('ManagedObjectReference', ref)
