import type { GenerationPlan } from '../plan/generation-plan.js'
import { managedFacts, managedFactsModule } from './managed-types.js'
import { header, importLine, moduleText, relativePath } from './module-text.js'
import { newerNamesFiles } from './newer-names.js'
import { factsText, indexText, schemaText, typesText } from './schema-text.js'

/** All files of a schema by their path below the output folder. */
export function emitFiles(plan: GenerationPlan): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const module of plan.modules) {
    files.set(`${module.path}.ts`, moduleText(plan, module))
    if (module.managedType === undefined) continue
    const path = `facts/${module.path}`
    const imported = importLine(['ManagedTypeFacts'], relativePath(path, 'managed-type-facts'))
    files.set(`${path}.ts`, `${header(plan)}${imported}\n${managedFacts(plan, module.managedType)}`)
  }
  if (plan.model.managedTypes.length > 0) {
    files.set('managed-type-facts.ts', `${header(plan)}\n${managedFactsModule}`)
    files.set('facts.ts', factsText(plan))
    for (const [path, text] of newerNamesFiles(plan)) files.set(path, text)
  }
  files.set('types.ts', typesText(plan))
  files.set('schema.ts', schemaText(plan))
  files.set('index.ts', indexText(plan))
  return files
}
