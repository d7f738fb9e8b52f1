import type { SchemaModel } from '../model/schema-model.js'
import { lowerFirst, pascalCase } from './identifiers.js'
import type { ModulePlan } from './plan-modules.js'
import type { TypeNames } from './type-names.js'

/** What a generated file exports beside its types. */
export interface ModuleNames {
  /** The constant with the tables: `virtualMachinePart`. */
  readonly part: string
  /** The interface with the file's types by key: `VirtualMachineTypes`. */
  readonly types: string
  /** The constant with the facts of its managed type: `virtualMachineFacts`. */
  readonly facts: string
}

/** Names for what files export; another ending where a type of the schema is called so. */
export function nameModules(
  model: SchemaModel,
  modules: readonly ModulePlan[],
  typeNames: TypeNames,
  schemaName: string,
): ReadonlyMap<ModulePlan, ModuleNames> {
  const taken = new Set<string>([
    ...typeNames.name.values(),
    ...typeNames.base.values(),
    ...model.managedTypes.flatMap(({ name }) => [name, `${name}Methods`]),
    ...['Types', 'Part', 'ManagedTypes', 'Methods'].map((ending) => `${schemaName}${ending}`),
  ])
  return new Map(
    modules.map((module) => {
      const name = pascalCase(module.path)
      const types = [`${name}Types`, `${name}TypeMap`, `${name}TypeMap_`].find((candidate) => !taken.has(candidate))
      if (types === undefined) throw new Error(`No name is left for the types of ${module.path}`)
      taken.add(types)
      return [module, { types, part: `${lowerFirst(name)}Part`, facts: `${lowerFirst(name)}Facts` }]
    }),
  )
}
