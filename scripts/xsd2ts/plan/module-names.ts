import type { SchemaModel } from '../model/schema-model.js'
import { pascalCase } from './identifiers.js'
import type { ModulePlan } from './plan-modules.js'
import type { TypeNames } from './type-names.js'

/**
 * Names of the interfaces with each file's types by key, such as `VirtualMachineTypes`; another ending where a type of the schema
 * is called so. The values that files export have the same names in all of them, `part` and `facts`: `schema.ts` stays short.
 */
export function nameTypeMaps(
  model: SchemaModel,
  modules: readonly ModulePlan[],
  typeNames: TypeNames,
  schemaName: string,
): ReadonlyMap<ModulePlan, string> {
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
      return [module, types]
    }),
  )
}
