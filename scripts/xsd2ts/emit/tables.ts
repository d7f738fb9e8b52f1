import type { GenerationPlan } from '../plan/generation-plan.js'
import type { ModulePlan } from '../plan/plan-modules.js'
import { schemaPart } from './schema-part.js'
import { literal, propertyKey } from './type-text.js'

/** The constant with the module's part of the schema. */
export function partText(plan: GenerationPlan, module: ModulePlan): string {
  return `const part: SchemaPart = ${valueText(schemaPart(plan, module), '')}\n\nexport default part\n`
}

/** Plain data as TypeScript: objects a property a line, short lists on one. */
function valueText(value: unknown, indent: string): string {
  if (typeof value === 'string') return literal(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(item, inner))
    const line = `[${items.join(', ')}]`
    if (line.length <= 90) return line
    return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, each]) => `${inner}${propertyKey(key)}: ${valueText(each, inner)},\n`)
  return `{\n${lines.join('')}${indent}}`
}
