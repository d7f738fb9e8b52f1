import type { ApiModel } from './api-model.js'
import type { Schema } from './schema.js'
import { header, literal, quote } from './typescript-text.js'

export type Coercion = 'b' | 'n' | 's' | readonly [Coercion] | { readonly [key: string]: Coercion }

/** coercions.ts: where an answer's members must be changed to be what is declared. */
export function emitCoercions(model: ApiModel): string {
  const members = Object.entries(coercionTable(model)).map(([key, coercion]) => {
    const label = `  ${quote(key)}: `
    return `${label}${literal(coercion, '  ', label.length - 2)},`
  })
  return `${header(model.version, 'The platform sends booleans as 0 and 1 and some numbers as text; operations with nothing to change are absent.')}
/** 'b' = 0, 1, '0', '1' or '' to boolean; 'n' = numeric text to number; 's' = number to text; [c] = every item; members by name, '*' = every other. */
export type Coercion = 'b' | 'n' | 's' | readonly [Coercion] | { readonly [key: string]: Coercion }

export const coercions: Readonly<Record<string, Coercion>> = {
${members.join('\n')}
}
`
}

export function coercionTable({ operations }: Pick<ApiModel, 'operations'>): Record<string, Coercion> {
  const table: Record<string, Coercion> = {}
  for (const operation of operations) {
    const coercion = coercionOf(operation.result)
    if (coercion !== undefined) table[operation.key] = coercion
  }
  return table
}

function coercionOf(schema: Schema): Coercion | undefined {
  if (schema.oneOf) return undefined
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.includes('boolean')) return 'b'
  if (types.includes('integer') || types.includes('number')) return types.includes('string') ? undefined : 'n'
  if (types.includes('string')) return schema['x-arrives-as'] === 'number' ? 's' : undefined
  if (types.includes('array')) {
    const item = schema.items && coercionOf(schema.items)
    return item === undefined ? undefined : [item]
  }
  if (!types.includes('object')) return undefined
  const members: Record<string, Coercion> = {}
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const coercion = coercionOf(member)
    if (coercion !== undefined) members[name] = coercion
  }
  const rest = typeof schema.additionalProperties === 'object' ? coercionOf(schema.additionalProperties) : undefined
  if (rest !== undefined) members['*'] = rest
  return Object.keys(members).length > 0 ? members : undefined
}
