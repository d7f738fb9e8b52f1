import type { GeneratorConfig } from '../config.js'
import type { Hierarchies } from '../model/hierarchy.js'
import type { SchemaModel, TypeId } from '../model/schema-model.js'
import { basesOf, idOf, namedTypes } from '../model/walk.js'

/** What a program may ask for by name: a managed type, a global element, or the subtypes of a large hierarchy. */
export interface Root {
  readonly name: string
  readonly kind: 'managed' | 'element' | 'subtypes'
  /** Types that it names itself. */
  readonly seeds: readonly TypeId[]
}

export function findRoots(model: SchemaModel, config: GeneratorConfig): Root[] {
  const byWireName = new Map([...model.types.values()].map((type) => [type.wireName, type.id]))
  const taskResult = (task: string | undefined): TypeId[] => {
    const id = task === undefined ? undefined : byWireName.get(task.replace('*', ''))
    return id === undefined ? [] : [id]
  }
  const managed = model.managedTypes.map(
    ({ name, properties, methods }): Root => ({
      name,
      kind: 'managed',
      seeds: [
        ...properties.flatMap((property) => idOf(property.value)),
        ...methods.flatMap((method) => [method.request, method.response]),
        ...methods.flatMap((method) => taskResult(method.task)),
      ],
    }),
  )
  const elements =
    managed.length > 0
      ? []
      : model.elements
          .filter(({ value }) => 'type' in value && model.types.get(value.type)?.form === 'complex')
          .map((element): Root => ({ name: element.name, kind: 'element', seeds: idOf(element.value) }))
  const subtypes = Object.entries(config.modulesOfSubtypes ?? {}).map(
    ([base, name]): Root => ({ name, kind: 'subtypes', seeds: typesBelow(model, base) }),
  )
  return [...managed, ...elements, ...subtypes]
}

function typesBelow(model: SchemaModel, name: string): TypeId[] {
  return [...model.types.values()]
    .filter((type) => type.form === 'complex' && basesOf(model, type).some((base) => base.name === name))
    .map((type) => type.id)
}

/** The members of hierarchies that are so large that programs load their subtypes by name. */
export function largeHierarchies(model: SchemaModel, config: GeneratorConfig): ReadonlySet<TypeId> {
  const bases = Object.keys(config.modulesOfSubtypes ?? {})
  const large = new Set<TypeId>()
  for (const type of model.types.values()) if (bases.includes(type.name)) large.add(type.id)
  for (const base of bases) for (const id of typesBelow(model, base)) large.add(id)
  return large
}

/** All types that values of the seeds can hold: members, bases, and subtypes except those of large hierarchies. */
export function typesReached(
  model: SchemaModel,
  hierarchies: Hierarchies,
  large: ReadonlySet<TypeId>,
  seeds: readonly TypeId[],
): ReadonlySet<TypeId> {
  const reached = new Set<TypeId>()
  const open = [...seeds]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const type = model.types.get(id)
    if (type === undefined || reached.has(id)) continue
    reached.add(id)
    open.push(...namedTypes(type))
    if (hierarchies.hasSubtypes(id) && !large.has(id)) open.push(...hierarchies.direct(id))
  }
  return reached
}
