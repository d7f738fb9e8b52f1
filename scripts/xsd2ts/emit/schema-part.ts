import type { SchemaPart, SimpleType } from '../../../packages/wire/src/xml/schema/schema-part.js'
import type { ComplexType, Member, SimpleRestriction, ValueKind } from '../model/schema-model.js'
import { complexType } from '../model/walk.js'
import { type GenerationPlan, keyOf } from '../plan/generation-plan.js'
import type { ModulePlan } from '../plan/plan-modules.js'
import { propertyNames } from '../plan/property-names.js'

/** The module's part of the schema, as the codec reads it. */
export function schemaPart(
  plan: GenerationPlan,
  module: ModulePlan,
): SchemaPart & { readonly openEnumerations?: readonly string[] } {
  const imports: string[] = []
  const complex = module.types.filter((type) => type.form === 'complex')
  const enumerations = module.types.filter((type) => type.form === 'enumeration')
  const restrictions = module.types.filter((type) => type.form === 'restriction')
  const open = enumerations.filter((type) => type.open)
  const types = Object.fromEntries(complex.map((type) => [keyOf(plan, type.id), typeWords(plan, type, imports)]))
  return {
    namespace: module.namespace,
    ...(imports.length > 0 && { imports }),
    ...(module.elements.length > 0 && {
      elements: Object.fromEntries(module.elements.map((element) => [element.name, kindWord(plan, element.value)])),
    }),
    types,
    ...(enumerations.length > 0 && {
      enumerations: Object.fromEntries(
        enumerations.map((type) => [keyOf(plan, type.id), type.values.map(({ value }) => value)]),
      ),
    }),
    ...(open.length > 0 && { openEnumerations: open.map((type) => keyOf(plan, type.id)) }),
    ...(restrictions.length > 0 && {
      simpleTypes: Object.fromEntries(restrictions.map((type) => [keyOf(plan, type.id), simpleType(plan, type)])),
    }),
  }
}

function simpleType(plan: GenerationPlan, type: SimpleRestriction): SimpleType {
  const { pattern, minLength, maxLength, minimum, maximum } = type
  return {
    base: kindWord(plan, type.base),
    ...(pattern !== undefined && { pattern }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  }
}

/** A type as words: what it extends, whether objects say their type, its attributes, its children in wire order. */
function typeWords(plan: GenerationPlan, type: ComplexType, imports: string[]): string {
  const key = keyOf(plan, type.id)
  const base = type.base === undefined ? undefined : complexType(plan.model, type.base)
  const constructed = type.constructedAttributes.filter(
    (name) => !isExcepted(key, plan.config.constructedAttributes?.[name]?.except ?? []),
  )
  const properties = propertyNames(plan.model, type)
  return [
    ...(base === undefined || isEmptyCommonBase(plan, base) ? [] : [`<${keyOf(plan, base.id)}`]),
    ...(type.wireName === undefined || type.wireName === key ? [] : [`~${type.wireName}`]),
    ...(plan.hierarchies.isTagged(type.id) ? ['!tagged'] : []),
    ...constructed.map((name) => `+${name}`),
    ...type.members.map((member) => memberWord(plan, type, member, properties.get(member) ?? member.name, imports)),
  ].join(' ')
}

/** A base that has nothing and says nothing about what can stand where. */
export function isEmptyCommonBase(plan: GenerationPlan, base: ComplexType): boolean {
  return plan.config.commonBases?.includes(base.name) === true && base.members.length === 0 && base.base === undefined
}

/** `*Links` stands for every name that ends so. */
function isExcepted(key: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.startsWith('*') ? key.endsWith(pattern.slice(1)) : key === pattern))
}

function memberWord(
  plan: GenerationPlan,
  type: ComplexType,
  member: Member,
  property: string,
  imports: string[],
): string {
  const marks = `${member.list ? '*' : ''}${member.required ? '!' : ''}`
  if (member.place === 'any') return `*:any${marks}`
  const place = { element: '', attribute: '@', text: '#' }[member.place]
  const elsewhere = member.place === 'element' && member.namespace !== type.namespace
  if (elsewhere && !imports.includes(member.namespace)) imports.push(member.namespace)
  const namespace = elsewhere ? `{${imports.indexOf(member.namespace)}}` : ''
  const renamed = property === member.name ? '' : `=${property}`
  return `${place}${namespace}${member.name}${renamed}:${kindWord(plan, member.value)}${marks}`
}

/** A value's kind in the words of the codec. */
export function kindWord(plan: GenerationPlan, value: ValueKind): string {
  return 'type' in value ? keyOf(plan, value.type) : value.primitive
}
