import type { JsonObject } from '../json.js'
import type { AuditEvent } from './events.js'
import { withoutSecrets } from './redact.js'

/** Target and parameters as they stand in the input of an operation: `{ spec }`, `{ ref, options }`, or a facet's. */
export function aboutInput(input: unknown): Pick<AuditEvent, 'target' | 'parameters'> {
  if (typeof input !== 'object' || input === null) return {}
  // Only JSON comes in: the input was checked, or stands in a handle.
  const { spec, ref, options, ...rest } = input as JsonObject
  const target = targetOf(input)
  return { ...(target !== undefined && { target }), parameters: withoutSecrets(spec ?? options ?? rest) }
}

/** What the input is about: the name of what it makes, or the id of what it changes or reads. */
export function targetOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { spec, ref, template, image, folder, name } = input as JsonObject
  const referred = ref ?? template ?? image ?? folder
  return textIn(spec, 'name') ?? textIn(referred, 'id') ?? textIn(referred, 'name') ?? textIn({ name }, 'name')
}

function textIn(value: unknown, key: string): string | undefined {
  const text =
    typeof value === 'object' && value !== null && key in value ? (value as { [k: string]: unknown })[key] : ''
  return typeof text === 'string' && text !== '' ? text : undefined
}
