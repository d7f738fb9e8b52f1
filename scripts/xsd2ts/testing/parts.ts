import { fileURLToPath } from 'node:url'
import { defineXmlSchema, type SchemaPart, type XmlSchema } from '../../../packages/wire/src/xml/index.js'
import { readConfig } from '../config.js'
import { schemaPart } from '../emit/schema-part.js'
import type { GenerationPlan } from '../plan/generation-plan.js'
import { planGeneration } from '../plan/generation-plan.js'
import { readVimFacts } from '../vim/read-vim-facts.js'
import { readSchemas } from '../xsd/read-schemas.js'

const specs = fileURLToPath(new URL('../../../specs/', import.meta.url))

export const hmcSchemaFile: string = `${specs}hmc/hmc.xsd`
export const vimFactsFile: string = `${specs}vsphere/vim25.json`

/** The plan for the schemas of `specs/hmc`. */
export function planHmc(): GenerationPlan {
  const config = readConfig(`${specs}hmc/xsd2ts.json`)
  return planGeneration(readSchemas([hmcSchemaFile], config), config)
}

/** The plan for `specs/vsphere/vim25.json`. */
export function planVim(): GenerationPlan {
  const config = readConfig(`${specs}vsphere/xsd2ts.json`)
  return planGeneration(readVimFacts(vimFactsFile, config), config)
}

/** Every type is known by its key, whatever that is. */
export type AnyTypes = Readonly<Record<string, unknown>>

/** The schema as generated code would load it: the parts named with what they need, or all. */
export function schemaOf(
  plan: GenerationPlan,
  wanted?: readonly string[],
  ...further: readonly SchemaPart[]
): XmlSchema<AnyTypes> {
  const needed = new Set(
    plan.modules.filter(({ path }) => wanted?.includes(path) ?? true).flatMap(({ needs }) => needs),
  )
  const modules = plan.modules.filter(({ path }) => needed.has(path))
  return defineXmlSchema<AnyTypes>(...modules.map((module) => schemaPart(plan, module)), ...further)
}
