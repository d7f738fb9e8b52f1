import { compare, type VendorFormatMember, type VendorSchema } from './api-tree.js'
import { translatePattern } from './perl-pattern.js'
import {
  indexedPattern,
  isIndexed,
  type PropertyString,
  type PropertyStringMember,
  type Schema,
  type SchemaType,
} from './schema.js'
import { parseTypetext } from './typetext.js'

/** Takes a property string's grammar and answers the name under which the document keeps it. */
export type RegisterPropertyString = (name: string, grammar: PropertyString) => string

const schemaTypes: readonly SchemaType[] = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null']

/** A schema of the vendor's tree in the project's form: facts only, irregular values made regular. */
export function normalizeSchema(name: string, vendor: VendorSchema, register: RegisterPropertyString): Schema {
  const type = typeOf(vendor)
  const schema: Writable<Schema> = {}
  if (type) schema.type = type
  Object.assign(schema, constraintsOf(vendor, type))
  if (typeof vendor.format === 'object')
    schema['x-property-string'] = register(name, normalizeGrammar(vendor.format, register))
  if (typeof vendor.format === 'string' && vendor.typetext?.includes('=')) {
    const grammar = parseTypetext(vendor.typetext)
    if (grammar) schema['x-property-string'] = register(name, grammar)
  }
  if (vendor.oneOf) schema.oneOf = vendor.oneOf.map((variant) => normalizeSchema(name, variant, register))
  else if (type === 'array' && vendor.items) schema.items = normalizeSchema(name, vendor.items, register)
  if (vendor.properties) Object.assign(schema, normalizeProperties(vendor.properties, register))
  if (typeof vendor.additionalProperties === 'object') {
    schema.additionalProperties = normalizeSchema(name, vendor.additionalProperties, register)
  }
  if (vendor.requires) schema['x-requires'] = vendor.requires
  if (vendor['type-property']) schema['x-type-property'] = vendor['type-property']
  if (vendor['instance-types']) schema['x-instance-types'] = vendor['instance-types']
  if (vendor.renderer) schema['x-renderer'] = vendor.renderer
  return schema
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Members sorted by name; indexed ones (`net[n]`) as patterns; `required` is what the vendor does not mark optional. */
export function normalizeProperties(
  properties: Readonly<Record<string, VendorSchema>>,
  register: RegisterPropertyString,
): Pick<Schema, 'properties' | 'patternProperties' | 'required'> {
  const names = Object.keys(properties).sort(compare)
  const plain: Record<string, Schema> = {}
  const indexed: Record<string, Schema> = {}
  const required: string[] = []
  for (const name of names) {
    const vendor = properties[name] ?? {}
    const base = isIndexed(name) ? name.slice(0, -3) : name
    const schema = normalizeSchema(base, vendor, register)
    if (isIndexed(name)) indexed[indexedPattern(name)] = schema
    else plain[name] = schema
    if (!isIndexed(name) && !isOptional(vendor)) required.push(name)
  }
  return {
    properties: plain,
    ...(Object.keys(indexed).length > 0 && { patternProperties: indexed }),
    ...(required.length > 0 && { required }),
  }
}

function normalizeGrammar(
  format: Readonly<Record<string, VendorFormatMember>>,
  register: RegisterPropertyString,
): PropertyString {
  const members = Object.keys(format).sort(compare)
  return Object.fromEntries(members.map((name) => [name, normalizeGrammarMember(name, format[name] ?? {}, register)]))
}

function normalizeGrammarMember(
  name: string,
  member: VendorFormatMember,
  register: RegisterPropertyString,
): PropertyStringMember {
  if (member.alias) return { alias: member.alias, ...(member.keyAlias && { keyAlias: member.keyAlias }) }
  return {
    ...normalizeSchema(name, member, register),
    ...(isSet(member.optional) && { optional: true as const }),
    ...(isSet(member.default_key) && { defaultKey: true as const }),
  }
}

/** `any` and nothing mean unknown; members without a `type` are told by what else they declare. */
function typeOf(vendor: VendorSchema): SchemaType | undefined {
  const declared = schemaTypes.find((type) => type === vendor.type)
  if (declared) return declared
  if (vendor.properties) return 'object'
  if (vendor.items) return 'array'
  if (vendor.enum || typeof vendor.format === 'string') return 'string'
  return undefined
}

function constraintsOf(vendor: VendorSchema, type: SchemaType | undefined): Partial<Schema> {
  const pattern = vendor.pattern === undefined ? undefined : translatePattern(vendor.pattern)
  const choices = vendor.enum?.filter((choice) => typeof choice === 'string' || typeof choice === 'number')
  const fallback = defaultOf(vendor.default, type)
  return {
    ...(choices && choices.length > 0 && { enum: choices }),
    ...numbers(vendor, ['minimum', 'maximum', 'minLength', 'maxLength']),
    ...(pattern !== undefined && { pattern }),
    ...(typeof vendor.format === 'string' && { format: vendor.format }),
    ...(fallback !== undefined && { default: fallback }),
  }
}

type NumericConstraint = 'minimum' | 'maximum' | 'minLength' | 'maxLength'

function numbers(
  vendor: VendorSchema,
  names: readonly NumericConstraint[],
): Partial<Record<NumericConstraint, number>> {
  const result: Partial<Record<NumericConstraint, number>> = {}
  for (const name of names) {
    const value = numberOf(vendor[name])
    if (value !== undefined) result[name] = value
  }
  return result
}

/** Numbers arrive as numbers or numeric text. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const parsed = Number(value)
  return Number.isFinite(parsed) ? parsed : undefined
}

const booleanWords: Readonly<Record<string, boolean>> = {
  '0': false,
  '1': true,
  no: false,
  yes: true,
  off: false,
  on: true,
  false: false,
  true: true,
}

/** A default of the declared type, or nothing: some defaults are sentences, some say null. */
function defaultOf(value: unknown, type: SchemaType | undefined): string | number | boolean | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined
  if (type === 'boolean') return booleanWords[String(value)]
  if (type === 'integer' || type === 'number') return numberOf(value)
  if (type !== 'string') return undefined
  const text = String(value)
  // A default that needs a sentence is prose about behaviour, not a value.
  return text.includes(' ') ? undefined : text
}

/** Of several variants (by the type of the entry) one that is optional makes the member optional: no type needs it. */
export function isOptional(vendor: VendorSchema): boolean {
  return isSet(vendor.optional) || (vendor.oneOf?.some(isOptional) ?? false)
}

/** Flags of the vendor are 1, "1" or true. */
export function isSet(flag: unknown): boolean {
  return flag === 1 || flag === '1' || flag === true
}
