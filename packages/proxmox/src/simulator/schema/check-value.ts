import { checkFormat } from './formats.js'
import type { ParameterFacts } from './parameter-facts.js'
import { parsePropertyString } from './property-string.js'

/** What a checked parameter holds: numbers for integers, 0 or 1 for booleans, text, lists, and JSON objects as they came. */
export type ParameterValue = string | number | readonly ParameterValue[] | { readonly [key: string]: unknown }

export type CheckedValue =
  | { readonly ok: true; readonly value: ParameterValue }
  | { readonly ok: false; readonly complaint: string }

/** Checks one value in the platform's order: type, format, range, pattern, length, enumeration. Texts from Proxmox VE 9.2. */
export function checkValue(facts: ParameterFacts, raw: unknown, path: string): CheckedValue {
  if (facts.type === 'array') return checkList(facts, raw, path)
  if (Array.isArray(raw)) {
    const isList = facts.format?.endsWith('-list') === true
    return isList ? checkValue(facts, raw.map(String).join(','), path) : mistyped(facts, raw.join(','))
  }
  if (typeof raw === 'object' && raw !== null) {
    return facts.type === 'object' ? { ok: true, value: { ...raw } } : mistyped(facts, '[object]')
  }
  const typed = typedValue(facts, raw)
  if (typed === undefined) return mistyped(facts, String(raw))
  const complaint = formatComplaint(facts, typed, path) ?? rangeComplaint(facts, typed) ?? textComplaint(facts, typed)
  return complaint === undefined ? { ok: true, value: typed } : { ok: false, complaint }
}

/** `true` and `false` of JSON count as 1 and 0; the words in a form do not. */
function typedValue(facts: ParameterFacts, raw: unknown): string | number | undefined {
  const text = raw === true ? '1' : raw === false ? '0' : String(raw)
  switch (facts.type) {
    case 'boolean':
      return text === '1' || text === '0' ? Number(text) : undefined
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined
    case 'number':
      return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined
    default:
      return text
  }
}

function checkList(facts: ParameterFacts, raw: unknown, path: string): CheckedValue {
  const items: unknown[] = Array.isArray(raw) ? raw : [raw]
  const values: ParameterValue[] = []
  for (const item of items) {
    const checked = checkValue(facts.items ?? { type: 'string' }, item, path)
    if (!checked.ok) return checked
    values.push(checked.value)
  }
  return { ok: true, value: values }
}

function mistyped(facts: ParameterFacts, got: string): CheckedValue {
  return { ok: false, complaint: `type check ('${facts.type ?? 'string'}') failed - got '${got}'` }
}

function formatComplaint(facts: ParameterFacts, value: string | number, path: string): string | undefined {
  const text = String(value)
  if (facts.propertyString !== undefined) {
    const parsed = parsePropertyString(facts.propertyString, text, path)
    return parsed.ok ? undefined : `invalid format - ${parsed.complaint}`
  }
  const complaint = facts.format === undefined ? undefined : checkFormat(facts.format, text)
  return complaint === undefined ? undefined : `invalid format - ${complaint}`
}

function rangeComplaint(facts: ParameterFacts, value: string | number): string | undefined {
  if (typeof value !== 'number' || facts.type === 'boolean') return undefined
  if (facts.maximum !== undefined && value > facts.maximum) return `value must have a maximum value of ${facts.maximum}`
  if (facts.minimum !== undefined && value < facts.minimum) return `value must have a minimum value of ${facts.minimum}`
  return undefined
}

function textComplaint(facts: ParameterFacts, value: string | number): string | undefined {
  const text = String(value)
  if (facts.pattern !== undefined && !new RegExp(facts.pattern).test(text)) {
    return 'value does not match the regex pattern'
  }
  if (facts.maxLength !== undefined && text.length > facts.maxLength) {
    return `value may only be ${facts.maxLength} characters long`
  }
  if (facts.minLength !== undefined && text.length < facts.minLength) {
    return `value must be at least ${facts.minLength} characters long`
  }
  if (facts.enum !== undefined && !facts.enum.some((allowed) => String(allowed) === text)) {
    return `value '${text}' does not have a value in the enumeration '${facts.enum.join(', ')}'`
  }
  return undefined
}
