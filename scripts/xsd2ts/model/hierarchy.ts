import type { ComplexType, SchemaModel, TypeId } from './schema-model.js'
import { directSubtypes } from './walk.js'

/** Which types stand in for each other by `xsi:type`. */
export interface Hierarchies {
  /** True for a type whose objects carry their type's name: those of a hierarchy with subtypes. */
  isTagged(id: TypeId): boolean
  /** True where a member declared so can hold another type. */
  hasSubtypes(id: TypeId): boolean
  direct(id: TypeId): readonly TypeId[]
}

/**
 * Hierarchies of the model. A type that every other one extends (`DynamicData`) says nothing about what can stand where, so the
 * types named in `commonBases` do not make a hierarchy.
 */
export function findHierarchies(model: SchemaModel, commonBases: readonly string[]): Hierarchies {
  const subtypes = directSubtypes(model)
  const common = new Set(
    [...model.types.values()].filter((type) => commonBases.includes(type.name)).map(({ id }) => id),
  )
  const tagged = new Set<TypeId>()
  for (const type of model.types.values()) {
    if (type.form === 'complex' && !common.has(type.id) && isPartOfHierarchy(type)) tagged.add(type.id)
  }
  function isPartOfHierarchy(type: ComplexType): boolean {
    if ((subtypes.get(type.id) ?? []).length > 0) return true
    return type.base !== undefined && !common.has(type.base)
  }
  return {
    isTagged: (id) => tagged.has(id),
    hasSubtypes: (id) => !common.has(id) && (subtypes.get(id) ?? []).length > 0,
    direct: (id) => subtypes.get(id) ?? [],
  }
}
