import type { Member, Primitive, ValueKind } from '../model/schema-model.js'
import { type GenerationPlan, keyOf } from '../plan/generation-plan.js'

const primitiveTypes: Readonly<Record<Primitive, string>> = {
  string: 'string',
  token: 'string',
  dateTime: 'string',
  base64: 'string',
  boolean: 'boolean',
  int: 'number',
  short: 'number',
  byte: 'number',
  double: 'number',
  long: 'number | bigint',
  any: 'unknown',
  raw: 'XmlElement',
  skip: 'undefined',
}

/** The TypeScript type of a value. */
export function valueText(plan: GenerationPlan, value: ValueKind): string {
  return 'type' in value ? keyOf(plan, value.type) : primitiveTypes[value.primitive]
}

/** The property of an interface that a member is: lists are always there, what may be missing may also be undefined. */
export function propertyText(plan: GenerationPlan, member: Member, property: string): string {
  const type =
    member.place === 'any'
      ? 'NamedContent'
      : valueText(plan, member.valuesOf === undefined ? member.value : { type: member.valuesOf })
  if (member.list) return `readonly ${property}: readonly ${type.includes(' ') ? `(${type})` : type}[]`
  if (member.required) return `readonly ${property}: ${type}`
  return `readonly ${property}?: ${type === 'unknown' ? type : `${type} | undefined`}`
}

/** A string as a literal in single quotes, in double ones where that saves escapes. */
export function literal(text: string): string {
  if (text.includes("'") && !text.includes('"')) return JSON.stringify(text)
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** A name as a key of an object or interface, quoted where it must be. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : literal(name)
}

/** A union as an exported type, on one line where it fits. */
export function unionText(name: string, alternatives: readonly string[]): string {
  const line = `export type ${name} = ${alternatives.join(' | ')}\n`
  if (line.length <= 121) return line
  return `export type ${name} =\n${alternatives.map((alternative) => `  | ${alternative}\n`).join('')}`
}
