import { readFileSync } from 'node:fs'
import type { GeneratorConfig } from '../config.js'
import type { Facts } from '../model/facts.js'
import type {
  ComplexType,
  Enumeration,
  GlobalElement,
  ManagedType,
  Member,
  Method,
  SchemaModel,
  TypeId,
  TypeModel,
  ValueKind,
} from '../model/schema-model.js'
import { builtInKind } from '../xsd/built-in-types.js'
import { vimFamilies } from './families.js'
import {
  type EnumerationFacts,
  type ManagedTypeFacts,
  type MethodFacts,
  readProperty,
  type TypeFacts,
  type VimFacts,
} from './type-facts.js'

/** Front end for `specs/vsphere/vim25.json`. */
export function readVimFacts(file: string, config: GeneratorConfig = {}): SchemaModel {
  return modelOfVimFacts(JSON.parse(readFileSync(file, 'utf8')) as VimFacts, config) // the file says its form by name
}

export function modelOfVimFacts(facts: VimFacts, config: GeneratorConfig = {}): SchemaModel {
  const { namespace } = facts
  const id = (name: string): TypeId => `{${namespace}}${name}`
  const families = vimFamilies(facts)
  const types = new Map<TypeId, TypeModel>()
  const elements: GlobalElement[] = []
  const common = (name: string, entry: { readonly since?: string; readonly native?: string }) => ({
    id: id(name),
    namespace,
    name,
    wireName: name,
    family: families.get(name) ?? 'common',
    facts: { ...(entry.since && { since: entry.since }), ...(entry.native && { nativeName: entry.native }) },
  })

  const readEnumeration = (name: string, entry: EnumerationFacts): Enumeration => ({
    form: 'enumeration',
    ...common(name, entry),
    values: entry.values.map((value) => {
      const since = entry.later?.[value]
      return { value, facts: since === undefined ? {} : { since } }
    }),
    open: false,
  })

  const kindOf = (type: string): ValueKind => {
    if (Object.hasOwn(facts.types, type) || Object.hasOwn(facts.enumerations, type)) return { type: id(type) }
    const primitive = builtInKind(type, config.text ?? 'string')
    if (primitive === undefined) throw new TypeError(`vim25 has no type ${type}`)
    return { primitive }
  }

  const readMember = (text: string): Member => {
    const property = readProperty(text)
    const enumeration = property.of !== undefined && Object.hasOwn(facts.enumerations, property.of)
    const memberFacts: Facts = {
      ...(property.since && { since: property.since }),
      ...(property.secret && { secret: true }),
      ...(property.of !== undefined && !enumeration && { reference: property.of }),
      ...(property.privilege && { privilege: property.privilege }),
    }
    return {
      place: 'element',
      name: property.name,
      namespace,
      value: kindOf(property.type),
      list: property.list,
      required: !property.optional,
      ...(enumeration && property.type === 'string' && property.of && { valuesOf: id(property.of) }),
      facts: memberFacts,
    }
  }

  const addComplex = (type: Omit<ComplexType, 'form' | 'abstract' | 'constructedAttributes'>): void => {
    types.set(type.id, { form: 'complex', abstract: false, constructedAttributes: [], ...type })
  }

  const readType = (name: string, entry: TypeFacts): void => {
    addComplex({
      ...common(name, entry),
      base: entry.extends === undefined ? undefined : id(entry.extends),
      members: name === 'ManagedObjectReference' ? referenceMembers : entry.properties.map(readMember),
    })
  }

  const readMethod = (name: string, method: MethodFacts): Method => {
    // The schema calls the request's type after the method, without the ending that marks tasks.
    const bare = name.replace(/_Task$/, '')
    const requestName = `${bare}RequestType`
    const responseName = `${name}Response`
    const self: Member = {
      place: 'element',
      name: '_this',
      namespace,
      value: { type: id('ManagedObjectReference') },
      list: false,
      required: true,
      facts: {},
    }
    addComplex({
      ...common(requestName, {}),
      facts: { purpose: `Parameters of ${name}; \`_this\` is the object it is called on.` },
      // Nothing substitutes a request, so its type's name never stands on the wire.
      wireName: undefined,
      base: undefined,
      members: [self, ...method.parameters.map(readMember)],
    })
    const result = method.result === undefined ? [] : [{ ...readMember(method.result), name: 'returnval' }]
    addComplex({
      ...common(responseName, {}),
      facts: { purpose: `Answer of ${name}.` },
      wireName: undefined,
      base: undefined,
      members: result,
    })
    elements.push(
      { name, namespace, value: { type: id(requestName) } },
      { name: `${name}Response`, namespace, value: { type: id(responseName) } },
    )
    return {
      name,
      request: id(requestName),
      response: id(responseName),
      faults: method.faults ?? [],
      ...(method.task !== undefined && { task: method.task }),
      facts: {
        ...(method.since && { since: method.since }),
        ...(method.privilege && { privilege: method.privilege }),
      },
    }
  }

  const readManaged = (name: string, entry: ManagedTypeFacts): ManagedType => ({
    name,
    base: entry.extends,
    properties: entry.properties.map(readMember),
    methods: Object.entries(entry.methods).map(([method, methodFacts]) => readMethod(method, methodFacts)),
    facts: { ...(entry.since && { since: entry.since }), ...(entry.native && { nativeName: entry.native }) },
  })

  for (const [name, entry] of Object.entries(facts.enumerations)) types.set(id(name), readEnumeration(name, entry))
  for (const [name, entry] of Object.entries(facts.types)) readType(name, entry)
  const managedTypes = Object.entries(facts.managedTypes).map(([name, entry]) => readManaged(name, entry))
  if (Object.keys(facts.unassignedMethods).length > 0) {
    managedTypes.push(readManaged('UnassignedObject', { properties: [], methods: facts.unassignedMethods }))
  }
  // A fault stands in the detail of a SOAP fault under its type's name with an ending.
  for (const name of faultNames(facts)) elements.push({ name: `${name}Fault`, namespace, value: { type: id(name) } })
  return { source: `${facts.interface} ${facts.version}`, types, elements, managedTypes, warnings: [] }
}

const referenceMembers: readonly Member[] = [
  {
    place: 'attribute',
    name: 'type',
    namespace: '',
    value: { primitive: 'token' },
    list: false,
    required: true,
    facts: {},
  },
  {
    place: 'text',
    name: 'value',
    namespace: '',
    value: { primitive: 'string' },
    list: false,
    required: true,
    facts: {},
  },
]

function faultNames(facts: VimFacts): string[] {
  const isFault = (name: string): boolean => {
    for (let at: string | undefined = name; at !== undefined; at = facts.types[at]?.extends) {
      if (at === 'MethodFault') return true
    }
    return false
  }
  return Object.keys(facts.types).filter(isFault)
}
