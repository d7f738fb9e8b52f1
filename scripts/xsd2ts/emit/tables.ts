import type { ComplexType, Member, SimpleRestriction, ValueKind } from '../model/schema-model.js'
import { complexType } from '../model/walk.js'
import { type GenerationPlan, keyOf } from '../plan/generation-plan.js'
import type { ModulePlan } from '../plan/plan-modules.js'
import { propertyNames } from '../plan/property-names.js'
import { isEmptyCommonBase } from './interfaces.js'
import { literal, propertyKey } from './type-text.js'

/** The module's part of the schema, as the codec reads it (`SchemaPart` of the codec says what the words mean). */
export function partText(plan: GenerationPlan, module: ModulePlan, name: string): string {
  const imports: string[] = []
  const types = module.types.filter((type) => type.form === 'complex')
  const rows = types.map((type) => `    ${keyOf(plan, type.id)}: ${literal(typeWords(plan, type, imports))},\n`)
  const enumerations = module.types.filter((type) => type.form === 'enumeration')
  const restrictions = module.types.filter((type) => type.form === 'restriction')
  const open = enumerations.filter((type) => type.open).map((type) => literal(keyOf(plan, type.id)))
  const importLine = imports.length === 0 ? '' : `  imports: [${imports.map(literal).join(', ')}],\n`
  return [
    `export const ${name}: SchemaPart = {\n`,
    `  namespace: ${literal(module.namespace)},\n`,
    importLine,
    module.elements.length === 0
      ? ''
      : `  elements: {\n${module.elements
          .map((element) => `    ${propertyKey(element.name)}: ${literal(kindText(plan, element.value))},\n`)
          .join('')}  },\n`,
    rows.length === 0 ? '  types: {},\n' : `  types: {\n${rows.join('')}  },\n`,
    enumerations.length === 0
      ? ''
      : `  enumerations: {\n${enumerations
          .map((type) => `    ${keyOf(plan, type.id)}: ${valuesText(type.values.map(({ value }) => value))},\n`)
          .join('')}  },\n`,
    open.length === 0 ? '' : `  openEnumerations: [${wrapped(open)}],\n`,
    restrictions.length === 0
      ? ''
      : `  simpleTypes: {\n${restrictions.map((type) => `    ${keyOf(plan, type.id)}: ${restrictionText(plan, type)},\n`).join('')}  },\n`,
    '}\n',
  ].join('')
}

function valuesText(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`
}

function wrapped(items: readonly string[]): string {
  const line = items.join(', ')
  return line.length <= 90 ? line : `\n${items.map((item) => `    ${item},\n`).join('')}  `
}

function restrictionText(plan: GenerationPlan, type: SimpleRestriction): string {
  const { pattern, minLength, maxLength, minimum, maximum } = type
  const entries = [
    `base: ${literal(kindText(plan, type.base))}`,
    ...(pattern === undefined ? [] : [`pattern: ${literal(pattern)}`]),
    ...Object.entries({ minLength, maxLength, minimum, maximum }).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}: ${value}`],
    ),
  ]
  return `{ ${entries.join(', ')} }`
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
  return `${place}${namespace}${member.name}${renamed}:${kindText(plan, member.value)}${marks}`
}

/** A value's kind in the words of the codec. */
export function kindText(plan: GenerationPlan, value: ValueKind): string {
  return 'type' in value ? keyOf(plan, value.type) : value.primitive
}
