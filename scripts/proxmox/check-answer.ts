import type { Schema } from './schema.js'

export interface Deviation {
  /** Place in the answer: `[].ha.managed`, `$` for the answer itself. */
  readonly place: string
  readonly kind: 'missing' | 'undeclared' | 'type' | 'enum'
  readonly detail: string
}

/** Compares an answer with its declared shape. Undeclared members are kept by the client but listed here. */
export function checkAnswer(value: unknown, schema: Schema, place = '$'): Deviation[] {
  if (schema.$ref) return isUpid(value) ? [] : [wrongType(value, 'Upid', place)]
  if (schema.const !== undefined) return value === schema.const ? [] : [wrongType(value, schema.const, place)]
  if (schema.oneOf) {
    const results = schema.oneOf.map((variant) => checkAnswer(value, variant, place))
    return results.some((result) => result.length === 0) ? [] : (results[0] ?? [])
  }
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length === 0) return []
  const matching = types.find((type) => hasType(value, type))
  if (!matching) return [wrongType(value, types.join(' | '), place)]
  if (schema.enum && value !== null && !schema.enum.includes(value as string)) {
    return [{ place, kind: 'enum', detail: JSON.stringify(value) }]
  }
  if (Array.isArray(value)) return value.flatMap((item) => checkAnswer(item, schema.items ?? {}, `${place}[]`))
  if (matching === 'object') return checkMembers(value as Record<string, unknown>, schema, place)
  return []
}

function checkMembers(value: Readonly<Record<string, unknown>>, schema: Schema, place: string): Deviation[] {
  const patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, member]) => ({
    pattern: new RegExp(pattern),
    member,
  }))
  const rest = schema.additionalProperties
  const open = !schema.properties && !schema.patternProperties
  const deviations = Object.entries(value).flatMap(([name, member]): Deviation[] => {
    const declared = schema.properties?.[name] ?? patterns.find(({ pattern }) => pattern.test(name))?.member
    if (declared) return checkAnswer(member, declared, `${place}.${name}`)
    if (typeof rest === 'object') return checkAnswer(member, rest, `${place}.*`)
    return open ? [] : [{ place: `${place}.${name}`, kind: 'undeclared', detail: JSON.stringify(member).slice(0, 80) }]
  })
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name))
  return [
    ...deviations,
    ...missing.map((name): Deviation => ({ place: `${place}.${name}`, kind: 'missing', detail: '' })),
  ]
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function isUpid(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('UPID:')
}

function wrongType(value: unknown, expected: string, place: string): Deviation {
  return { place, kind: 'type', detail: `expected ${expected}, got ${JSON.stringify(value)?.slice(0, 60)}` }
}
