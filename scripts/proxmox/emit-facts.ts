import type { ApiModel, ApiOperation, ApiParameter } from './api-model.js'
import type { PropertyString, PropertyStringMember, Schema } from './schema.js'
import { Expression, header, literal, memberName, quote } from './typescript-text.js'

/** operation-facts.ts: what the platform checks before it runs an operation. */
export function emitFacts({ operations, propertyStrings, presence, version }: ApiModel): string {
  const grammars = Object.entries(propertyStrings).map(([name, grammar]) => {
    const label = `  ${memberName(name)}: `
    return `${label}${literal(grammarFacts(grammar), '  ', label.length - 2)},`
  })
  const members = operations.map((operation) => {
    const label = `  ${quote(operation.key)}: `
    return `${label}${literal(operationFactsOf(operation), '  ', label.length - 2)},`
  })
  return `${header(version, 'What the platform checks before it runs an operation; loaded by the simulator only.')}
export interface ParameterFacts {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null'
  readonly optional?: true
  readonly enum?: readonly (string | number)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** JavaScript source, anchored as the platform anchors it; absent where it cannot be translated. */
  readonly pattern?: string
  /** The platform's name of the format. */
  readonly format?: string
  /** Members of a \`key=value,...\` string. */
  readonly propertyString?: PropertyStringFacts
  /** Another parameter that must be given with this one. */
  readonly requires?: string
  readonly items?: ParameterFacts
  readonly default?: unknown
}

export type PropertyStringFacts = Readonly<
  Record<string, ParameterFacts & { readonly defaultKey?: true; readonly alias?: string; readonly keyAlias?: string }>
>

export interface OperationFacts {
  readonly protected?: true
  readonly proxyto?: string
  readonly allowtoken?: false
  /** The vendor's check tree, as data. */
  readonly permissions?: unknown
  readonly additionalProperties: boolean
  /** Indexed parameters as \`net[n]\`. */
  readonly parameters: Readonly<Record<string, ParameterFacts>>
  readonly returnsNull?: true
  readonly versions: readonly (${presence.versions.map(quote).join(' | ')})[]
}

const grammars: Readonly<Record<${Object.keys(propertyStrings).map(quote).join(' | ')}, PropertyStringFacts>> = {
${grammars.join('\n')}
}

export const operationFacts: Readonly<Record<string, OperationFacts>> = {
${members.join('\n')}
}
`
}

function operationFactsOf(operation: ApiOperation): object {
  return {
    ...(operation.protected && { protected: true }),
    ...(operation.proxyto && { proxyto: operation.proxyto }),
    ...(!operation.allowtoken && { allowtoken: false }),
    ...(operation.permissions !== undefined && { permissions: operation.permissions }),
    additionalProperties: operation.additionalProperties,
    parameters: Object.fromEntries(
      Object.entries(operation.parameters).map(([name, facts]) => [name, parameterFacts(facts)]),
    ),
    ...(operation.result.type === 'null' && { returnsNull: true }),
    versions: operation.versions,
  }
}

function parameterFacts({ schema, optional }: ApiParameter): object {
  const { type, ...rest } = schemaFacts(schema)
  return { ...(type !== undefined && { type }), ...(optional && { optional: true }), ...rest }
}

function schemaFacts(schema: Schema): { readonly type?: unknown } & object {
  const grammar = schema['x-property-string']
  // Variants differ by the value of another parameter; what they share is the type.
  const items = schema.items ?? schema.oneOf?.[0]?.items
  return {
    ...(schema.type !== undefined && { type: schema.type }),
    ...(schema.enum && { enum: schema.enum }),
    ...(schema.minimum !== undefined && { minimum: schema.minimum }),
    ...(schema.maximum !== undefined && { maximum: schema.maximum }),
    ...(schema.minLength !== undefined && { minLength: schema.minLength }),
    ...(schema.maxLength !== undefined && { maxLength: schema.maxLength }),
    ...(schema.pattern !== undefined && { pattern: schema.pattern }),
    ...(schema.format !== undefined && { format: schema.format }),
    ...(grammar !== undefined && { propertyString: new Expression(memberAccess('grammars', grammar)) }),
    ...(schema['x-requires'] && { requires: schema['x-requires'] }),
    ...(items && { items: schema.oneOf ? { type: items.type } : schemaFacts(items) }),
    ...(schema.default !== undefined && { default: schema.default }),
  }
}

function memberAccess(object: string, name: string): string {
  const member = memberName(name)
  return member === name ? `${object}.${name}` : `${object}[${member}]`
}

function grammarFacts(grammar: PropertyString): object {
  return Object.fromEntries(Object.entries(grammar).map(([name, member]) => [name, grammarMemberFacts(member)]))
}

function grammarMemberFacts(member: PropertyStringMember): object {
  const { alias, keyAlias, defaultKey, optional, ...schema } = member
  if (alias) return { alias, ...(keyAlias && { keyAlias }) }
  return { ...schemaFacts(schema), ...(optional && { optional }), ...(defaultKey && { defaultKey }) }
}
