import type { Vim25Part } from '../generated/schema.js'
import { loadSchema, type VimSchema } from './codec.js'
import { decodeLater, isUnknown } from './decode-later.js'

/**
 * Whether a value, an item of a list, or the fault of a task is of a type that the schema in use did not have. Other values that hold
 * faults are left as they came: looking through all of them would cost more than it gives.
 */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(isUnknown)
  return isUnknown(value) || holders.some((key) => holdsUnknown(memberOf(value, key)))
}

/** From `info` of a task, or from `info.error`, to the fault. */
const holders = ['error', 'fault'] as const

function memberOf(value: unknown, key: (typeof holders)[number]): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Partial<Record<typeof key, unknown>>)[key] // its own member
}

/** Reads values anew that a smaller schema did not know. What this one does not know either stays as it came. */
export function completeValue(schema: VimSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => (isUnknown(each) ? decodeLater(schema, each.raw) : each))
  if (isUnknown(value)) return decodeLater(schema, value.raw)
  const key = holders.find((each) => holdsUnknown(memberOf(value, each)))
  // It is an object, since it has such a member.
  return key === undefined ? value : { ...(value as object), [key]: completeValue(schema, memberOf(value, key)) }
}

/** As `completeValue`, loading these parts where there is need. */
export async function completeWith(parts: readonly Vim25Part[], value: unknown): Promise<unknown> {
  return holdsUnknown(value) ? completeValue(await loadSchema(parts), value) : value
}
