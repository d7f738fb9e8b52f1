import type { GenerationPlan } from '../plan/generation-plan.js'
import { managedFactsModule } from './managed-types.js'
import { header, moduleText } from './module-text.js'
import { indexText, schemaText, typesText } from './schema-text.js'

/** All files of a schema by their path below the output folder. */
export function emitFiles(plan: GenerationPlan): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const module of plan.modules) files.set(`${module.path}.ts`, moduleText(plan, module))
  if (plan.model.managedTypes.length > 0) files.set('managed-type-facts.ts', `${header(plan)}\n${managedFactsModule}`)
  files.set('types.ts', typesText(plan))
  files.set('schema.ts', schemaText(plan))
  files.set('index.ts', indexText(plan))
  return files
}
