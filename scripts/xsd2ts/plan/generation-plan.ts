import type { GeneratorConfig } from '../config.js'
import { findHierarchies, type Hierarchies } from '../model/hierarchy.js'
import type { SchemaModel, TypeId } from '../model/schema-model.js'
import { pascalCase } from './identifiers.js'
import { nameTypeMaps } from './module-names.js'
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
  /** Names of the global elements of each type. */
  readonly elementsOf: ReadonlyMap<TypeId, readonly string[]>
  /** Name of the interface that has each file's types by key. */
  readonly typeMaps: ReadonlyMap<ModulePlan, string>
}

export function planGeneration(model: SchemaModel, config: GeneratorConfig, codec = '@dcm/wire/xml'): GenerationPlan {
  const hierarchies = findHierarchies(model, config.commonBases ?? [])
  const names = nameTypes(model, hierarchies, config)
  const modules = planModules(model, hierarchies, config)
  const name = pascalCase(config.name ?? 'Schema')
  const typeMaps = nameTypeMaps(model, modules, names, name)
  return { model, config, name, codec, hierarchies, names, modules, elementsOf: elementsByType(model), typeMaps }
}

function elementsByType(model: SchemaModel): ReadonlyMap<TypeId, readonly string[]> {
  const elements = new Map<TypeId, string[]>()
  for (const { name, value } of model.elements) {
    if (!('type' in value)) continue
    elements.set(value.type, [...(elements.get(value.type) ?? []), name])
  }
  return elements
}

/** Name of the type in TypeScript and in the tables. */
export function keyOf(plan: GenerationPlan, id: TypeId): string {
  const key = plan.names.name.get(id)
  if (key === undefined) throw new Error(`${id} is not a type of the schema`)
  return key
}

/** Name of the interface that has a file's types by key. */
export function typeMapOf(plan: GenerationPlan, module: ModulePlan): string {
  const name = plan.typeMaps.get(module)
  if (name === undefined) throw new Error(`${module.path} is not a file of the plan`)
  return name
}
