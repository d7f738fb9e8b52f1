import type { ComplexType, SchemaModel, TypeId, TypeModel, ValueKind } from './schema-model.js'

/** Types that a type names: its base and those of its members. */
export function namedTypes(type: TypeModel): TypeId[] {
  if (type.form === 'enumeration') return []
  if (type.form === 'restriction') return idOf(type.base)
  const members = type.members.flatMap((member) => [
    ...idOf(member.value),
    ...(member.valuesOf === undefined ? [] : [member.valuesOf]),
  ])
  return type.base === undefined ? members : [type.base, ...members]
}

export function idOf(value: ValueKind): TypeId[] {
  return 'type' in value ? [value.type] : []
}

/** The complex types that extend each type directly, in the order of the source. */
export function directSubtypes(model: SchemaModel): ReadonlyMap<TypeId, readonly TypeId[]> {
  const subtypes = new Map<TypeId, TypeId[]>()
  for (const type of model.types.values()) {
    if (type.form !== 'complex' || type.base === undefined) continue
    const known = subtypes.get(type.base)
    if (known === undefined) subtypes.set(type.base, [type.id])
    else known.push(type.id)
  }
  return subtypes
}

/** The type's bases, nearest first. */
export function basesOf(model: SchemaModel, type: ComplexType): ComplexType[] {
  const bases: ComplexType[] = []
  for (let id = type.base; id !== undefined; ) {
    const base = model.types.get(id)
    if (base?.form !== 'complex') break
    if (bases.includes(base)) throw new Error(`${type.name} extends itself`)
    bases.push(base)
    id = base.base
  }
  return bases
}

export function complexType(model: SchemaModel, id: TypeId): ComplexType {
  const type = model.types.get(id)
  if (type?.form !== 'complex') throw new Error(`${id} is not a complex type of the schema`)
  return type
}
