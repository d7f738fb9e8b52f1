import type { Facts } from '../model/facts.js'
import type { ManagedType, Member, Method, SchemaModel, TypeId, TypeModel } from '../model/schema-model.js'

/**
 * Adds what facts know to a model that was read from a WSDL: which object has which method, since-versions, privileges, families.
 * Types, members and methods stay those of the WSDL; methods that the facts do not know stay with their port type.
 */
export function overlayFacts(model: SchemaModel, facts: SchemaModel): SchemaModel {
  const methods = new Map(
    model.managedTypes.flatMap((managed) => managed.methods.map((method) => [method.name, method])),
  )
  const known = facts.managedTypes.map((managed) => overlayManagedType(model, managed, methods))
  const owned = new Set(known.flatMap((managed) => managed.methods.map(({ name }) => name)))
  const rest = model.managedTypes
    .map((managed) => ({ ...managed, methods: managed.methods.filter(({ name }) => !owned.has(name)) }))
    .filter((managed) => managed.methods.length > 0)
  return {
    ...model,
    types: new Map([...model.types].map(([id, type]) => [id, overlayType(model, type, facts.types.get(plainId(id)))])),
    managedTypes: [...known, ...rest],
  }
}

/** Types without a name have an id that says so. */
function plainId(id: TypeId): TypeId {
  return id.replace(/#inner$/, '')
}

function overlayManagedType(
  model: SchemaModel,
  managed: ManagedType,
  methods: ReadonlyMap<string, Method>,
): ManagedType {
  return {
    ...managed,
    // A property whose type the WSDL does not have is one of another version.
    properties: managed.properties.filter(({ value }) => !('type' in value) || model.types.has(value.type)),
    methods: managed.methods.flatMap((fact) => {
      const method = methods.get(fact.name)
      return method === undefined
        ? []
        : [{ ...method, ...(fact.task !== undefined && { task: fact.task }), facts: fact.facts }]
    }),
  }
}

function overlayType(model: SchemaModel, type: TypeModel, known: TypeModel | undefined): TypeModel {
  if (known === undefined) return type
  const facts: Facts = { ...known.facts, ...type.facts }
  if (type.form !== 'complex' || known.form !== 'complex') return { ...type, family: known.family, facts }
  return {
    ...type,
    family: known.family,
    facts,
    members: type.members.map((member) =>
      overlayMember(
        model,
        member,
        known.members.find(({ name }) => name === member.name),
      ),
    ),
  }
}

function overlayMember(model: SchemaModel, member: Member, known: Member | undefined): Member {
  if (known === undefined) return member
  const { valuesOf } = known
  return {
    ...member,
    ...(valuesOf !== undefined && model.types.has(valuesOf) && { valuesOf }),
    facts: { ...known.facts, ...member.facts },
  }
}
