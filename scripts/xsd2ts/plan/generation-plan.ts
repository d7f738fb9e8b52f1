import type { GeneratorConfig } from '../config.js'
import { findHierarchies, type Hierarchies } from '../model/hierarchy.js'
import type { SchemaModel, TypeId } from '../model/schema-model.js'
import { pascalCase } from './identifiers.js'
import { type ModulePlan, planModules } from './plan-modules.js'
import { nameTypes, type TypeNames } from './type-names.js'

/** Everything that back ends need: the model, how types are called and where they stand. */
export interface GenerationPlan {
  readonly model: SchemaModel
  readonly config: GeneratorConfig
  /** Begins the names of what is there once a schema: `Vim25`. */
  readonly name: string
  /** Where the codec is imported from. */
  readonly codec: string
  readonly hierarchies: Hierarchies
  readonly names: TypeNames
  readonly modules: readonly ModulePlan[]
  readonly moduleOf: ReadonlyMap<TypeId, ModulePlan>
}

export function planGeneration(model: SchemaModel, config: GeneratorConfig, codec = '@dcm/wire/xml'): GenerationPlan {
  const hierarchies = findHierarchies(model, config.commonBases ?? [])
  const names = nameTypes(model, hierarchies, config)
  const modules = planModules(model, hierarchies, config)
  const moduleOf = new Map(modules.flatMap((module) => module.types.map((type) => [type.id, module] as const)))
  return { model, config, name: pascalCase(config.name ?? 'Schema'), codec, hierarchies, names, modules, moduleOf }
}

/** Name of the type in TypeScript and in the tables. */
export function keyOf(plan: GenerationPlan, id: TypeId): string {
  const key = plan.names.name.get(id)
  if (key === undefined) throw new Error(`${id} is not a type of the schema`)
  return key
}
