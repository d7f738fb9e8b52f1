import { checkValue } from './check-value.js'
import type { PropertyStringFacts } from './parameter-facts.js'

export type PropertyString =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly complaint: string }

/**
 * Reads `key=value,...`, one bare value standing for the default key. `alias` renames a key; with `keyAlias` the written
 * key is itself a value, as in `virtio=AA:..` for `model=virtio,macaddr=AA:..`. Texts as recorded from Proxmox VE 9.2.
 */
export function parsePropertyString(facts: PropertyStringFacts, text: string, path: string): PropertyString {
  const values = new Map<string, string>()
  const refuse = (complaint: string): PropertyString => ({ ok: false, complaint: `${complaint}\n` })
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const equals = part.indexOf('=')
    const written = equals < 0 ? defaultKey(facts) : part.slice(0, equals)
    const value = equals < 0 ? part : part.slice(equals + 1)
    if (written === undefined) return refuse('value without key, but schema does not define a default key')
    const member = Object.hasOwn(facts, written) ? facts[written] : undefined
    const key = member?.alias ?? written
    if (member?.keyAlias !== undefined) {
      if (values.has(member.keyAlias)) {
        return refuse(`duplicate key in comma-separated list property: ${member.keyAlias}`)
      }
      values.set(member.keyAlias, written)
    }
    if (values.has(key)) return refuse(`duplicate key in comma-separated list property: ${key}`)
    values.set(key, value)
  }
  const complaints = memberComplaints(facts, values, path)
  if (complaints.length > 0) return { ok: false, complaint: `format error\n${complaints.join('')}` }
  return { ok: true, values }
}

/** Writes a property string again: the default key bare and first, the rest in the given order. */
export function printPropertyString(values: Iterable<readonly [string, string]>, bareKey?: string): string {
  return [...values].map(([key, value]) => (key === bareKey ? value : `${key}=${value}`)).join(',')
}

/** Reads a property string without a schema: for values that were checked when they were written. */
export function readPropertyString(text: string, bareKey: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const part of text.split(',')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    if (equals < 0) values.set(bareKey, part)
    else values.set(part.slice(0, equals), part.slice(equals + 1))
  }
  return values
}

function defaultKey(facts: PropertyStringFacts): string | undefined {
  return Object.keys(facts).find((name) => facts[name]?.defaultKey === true)
}

function memberComplaints(facts: PropertyStringFacts, values: ReadonlyMap<string, string>, path: string): string[] {
  const complaints: string[] = []
  for (const [key, value] of values) {
    const member = Object.hasOwn(facts, key) ? facts[key] : undefined
    if (member === undefined || member.alias !== undefined) {
      complaints.push(
        `${path}.${key}: property is not defined in schema and the schema does not allow additional properties\n`,
      )
      continue
    }
    const checked = checkValue(member, normalBoolean(member.type, value), `${path}.${key}`)
    if (!checked.ok) complaints.push(`${path}.${key}: ${checked.complaint}\n`)
  }
  for (const [key, member] of Object.entries(facts)) {
    const required = member.optional !== true && member.alias === undefined && member.type !== undefined
    if (required && !values.has(key)) {
      complaints.push(`${path}.${key}: property is missing and it is not optional\n`)
    }
  }
  return complaints
}

/** Inside property strings the platform also takes words for a boolean. */
function normalBoolean(type: string | undefined, value: string): string {
  if (type !== 'boolean') return value
  if (/^(?:1|on|yes|true)$/i.test(value)) return '1'
  if (/^(?:0|off|no|false)$/i.test(value)) return '0'
  return value
}
