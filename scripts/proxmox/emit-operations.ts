import type { ApiModel, ApiOperation } from './api-model.js'
import { indexedName, isIndexed, type Schema } from './schema.js'
import { header, lineWidth, memberName, quote } from './typescript-text.js'

/** operations.ts: the flat typed surface, one member an operation. */
export function emitOperations({ operations, presence, version }: ApiModel): string {
  const members = operations.map((operation) => emitOperation(operation, presence.versions[0])).join('\n')
  return `${header(version, 'Every operation with its parameters (path, query and body together) and its unwrapped answer.')}
/** Id of a task on a node, to be waited for. */
export type Upid = \`UPID:\${string}\`

export interface Operations {
${members}
}

export type OperationKey = keyof Operations
`
}

function emitOperation(operation: ApiOperation, oldest: string | undefined): string {
  const { key, parameters, result } = operation
  const members = Object.entries(parameters).map(([name, { schema, optional }]): Member => {
    return { name, optional, schema, readonlyArrays: true }
  })
  const params = members.length === 0 ? '{}' : writeMembers(members, '    ', 'params: '.length)
  return `${remarks(operation, oldest)}  ${quote(key)}: {\n    params: ${params}\n    result: ${writeType(result, '    ', 'result: '.length)}\n  }`
}

/** What the types cannot say: the task types behind an id, and the release that brought the operation. */
function remarks({ task, versions }: ApiOperation, oldest: string | undefined): string {
  const types = task?.types.join(', ')
  const parts = [
    ...(types ? [`Task ${types}${task?.null ? `; null: ${task.null}` : ''}.`] : []),
    ...(versions[0] !== oldest ? [`Since ${versions[0]}.`] : []),
  ]
  return parts.length > 0 ? `  /** ${parts.join(' ')} */\n` : ''
}

interface Member {
  readonly name: string
  readonly optional: boolean
  readonly schema: Schema
  /** Callers may hand over arrays that they do not want changed. */
  readonly readonlyArrays?: boolean
}

/** The type of a schema as TypeScript; opened one level where the line would be too long. */
export function writeType(schema: Schema, indent: string, used: number, readonlyArrays = false): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return quote(schema.const)
  if (schema.enum)
    return wrapUnion(
      schema.enum.map((choice) => (typeof choice === 'string' ? quote(choice) : String(choice))),
      indent,
      used,
    )
  if (schema.oneOf) {
    const variants = [...new Set(schema.oneOf.map((variant) => writeType(variant, indent, used, readonlyArrays)))]
    return variants.length === 1 ? (variants[0] ?? 'unknown') : wrapUnion(variants, indent, used)
  }
  if (Array.isArray(schema.type)) {
    const types = schema.type.map((type) => writeType({ ...schema, type }, indent, used, readonlyArrays))
    return [...new Set(types)].join(' | ')
  }
  if (schema.type === 'array') return writeArray(schema, indent, used, readonlyArrays)
  if (schema.type === 'object') return writeObject(schema, indent, used)
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  return typeof schema.type === 'string' ? schema.type : 'unknown'
}

function writeArray(schema: Schema, indent: string, used: number, readonlyArrays: boolean): string {
  const item = writeType(schema.items ?? {}, indent, used)
  const simple = /^(?:\w+|'[^']*')$/.test(item) || (item.startsWith('{') && item.endsWith('}')) ? item : `(${item})`
  return `${readonlyArrays ? 'readonly ' : ''}${simple}[]`
}

function writeObject(schema: Schema, indent: string, used: number): string {
  const members = [
    ...Object.entries(schema.properties ?? {}).map(([name, member]): Member => {
      return { name, optional: !schema.required?.includes(name), schema: member }
    }),
    ...Object.entries(schema.patternProperties ?? {}).map(([pattern, member]): Member => {
      return { name: indexedName(pattern), optional: true, schema: member }
    }),
  ]
  const rest = schema.additionalProperties
  if (rest === false && members.length === 0) return 'Record<string, never>'
  if (typeof rest !== 'object')
    return members.length === 0 ? '{ [key: string]: unknown }' : writeMembers(members, indent, used)
  const values = `{ [key: string]: ${writeType(rest, indent, used)} }`
  return members.length === 0 ? values : `${writeMembers(members, indent, used)} & ${values}`
}

function writeMembers(members: readonly Member[], indent: string, used: number): string {
  const line = `{ ${members.map((member) => writeMember(member, indent)).join('; ')} }`
  if (indent.length + used + line.length <= lineWidth && !line.includes('\n')) return line
  const deeper = `${indent}  `
  const lines = members.map((member) => `${unitOf(member, deeper)}${deeper}${writeMember(member, deeper)}`)
  return `{\n${lines.join('\n')}\n${indent}}`
}

function writeMember({ name, optional, schema, readonlyArrays }: Member, indent: string): string {
  const label = isIndexed(name)
    ? `[key: \`${name.slice(0, -3)}\${number}\`]: `
    : `${memberName(name)}${optional ? '?' : ''}: `
  const type = writeType(schema, indent, label.length, readonlyArrays)
  return type.startsWith('\n') ? `${label.trimEnd()}${type}` : `${label}${type}`
}

const units: Readonly<Record<string, string>> = {
  bytes: 'Bytes.',
  duration: 'Seconds.',
  fraction_as_percentage: 'Fraction: 1 is all.',
  timestamp: 'Seconds since 1970.',
}

function unitOf({ schema }: Member, indent: string): string {
  const unit = units[schema['x-renderer'] ?? '']
  return unit ? `${indent}/** ${unit} */\n` : ''
}

function wrapUnion(variants: readonly string[], indent: string, used: number): string {
  const line = variants.join(' | ')
  if (indent.length + used + line.length <= lineWidth || line.includes('\n')) return line
  return `\n${variants.map((variant) => `${indent}  | ${variant}`).join('\n')}`
}
