import type { ComplexType, Enumeration, SimpleRestriction, TypeModel } from '../model/schema-model.js'
import { complexType } from '../model/walk.js'
import { type GenerationPlan, keyOf } from '../plan/generation-plan.js'
import { upperFirst } from '../plan/identifiers.js'
import { propertyNames } from '../plan/property-names.js'
import { docComment, sentences, withArticle } from './documentation.js'
import { isEmptyCommonBase } from './schema-part.js'
import { literal, propertyText, unionText, valueText } from './type-text.js'

/** What there is to say of a type: its facts, and the elements that it is the content of. */
function typeSentences(plan: GenerationPlan, type: TypeModel): string[] {
  const elements = type.facts.purpose === undefined ? (plan.elementsOf.get(type.id) ?? []) : []
  const names = elements.map((name) => `\`${name}\``).join(' and ')
  return [
    ...(names === '' ? [] : [`Content of the element${elements.length > 1 ? 's' : ''} ${names}.`]),
    ...sentences(type.facts),
  ]
}

/** The declarations of one type. */
export function typeDeclaration(plan: GenerationPlan, type: TypeModel): string {
  switch (type.form) {
    case 'complex':
      return complexDeclaration(plan, type)
    case 'enumeration':
      return enumerationDeclaration(plan, type)
    case 'restriction':
      return restrictionDeclaration(plan, type)
  }
}

/**
 * A type without subtypes is an interface. One with subtypes is the union of what can stand in its place, told apart by `_type`,
 * beside an interface with what all of them have.
 */
function complexDeclaration(plan: GenerationPlan, type: ComplexType): string {
  const key = keyOf(plan, type.id)
  const base = plan.names.base.get(type.id)
  if (base === undefined) {
    const tag = plan.hierarchies.isTagged(type.id) ? [`readonly _type: ${literal(key)}`] : []
    return `${docComment(typeSentences(plan, type))}${interfaceText(plan, type, key, tag)}`
  }
  const own = type.abstract ? [] : [`({ readonly _type: ${literal(key)} } & ${base})`]
  const alternatives = [
    ...own,
    ...plan.hierarchies.direct(type.id).map((id) => keyOf(plan, id)),
    `UnknownObject<${base}>`,
  ]
  const doc = docComment([`What every ${key} has.`, ...typeSentences(plan, type)])
  const unionDoc = docComment([
    `${upperFirst(withArticle(key))}, or a type that extends it, or one that this schema does not know; told apart by \`_type\`.`,
  ])
  return [doc, interfaceText(plan, type, base, []), '\n', unionDoc, unionText(key, alternatives)].join('')
}

function interfaceText(plan: GenerationPlan, type: ComplexType, name: string, first: readonly string[]): string {
  const base = baseInterface(plan, type)
  const properties = propertyNames(plan.model, type)
  const lines = type.members
    .filter((member) => !('primitive' in member.value && member.value.primitive === 'skip'))
    .map((member) => {
      const text = propertyText(plan, member, properties.get(member) ?? member.name)
      return `${docComment(sentences(member.facts), '  ')}  ${text}\n`
    })
  const body = [...first.map((line) => `  ${line}\n`), ...lines].join('')
  const head = `export interface ${name}${base === undefined ? '' : ` extends ${base}`}`
  return body === '' ? `${head} {}\n` : `${head} {\n${body}}\n`
}

/** Interface that the type's own extends; bases without members are left out. */
export function baseInterface(plan: GenerationPlan, type: ComplexType): string | undefined {
  if (type.base === undefined) return undefined
  const base = complexType(plan.model, type.base)
  if (isEmptyCommonBase(plan, base)) return undefined
  return plan.names.base.get(base.id) ?? keyOf(plan, base.id)
}

function enumerationDeclaration(plan: GenerationPlan, type: Enumeration): string {
  const later = type.values.filter(({ facts }) => facts.since !== undefined)
  const doc = docComment([
    ...typeSentences(plan, type),
    ...later.map(({ value, facts }) => `\`${value}\` since ${facts.since}.`),
    'Systems may send values that are not listed.',
  ])
  const values = [...type.values.map(({ value }) => literal(value)), '(string & {})']
  return `${doc}${unionText(keyOf(plan, type.id), values)}`
}

function restrictionDeclaration(plan: GenerationPlan, type: SimpleRestriction): string {
  const { pattern, minLength, maxLength, minimum, maximum } = type
  const doc = docComment([
    ...typeSentences(plan, type),
    ...(pattern === undefined ? [] : [`Has the form \`${pattern}\`.`]),
    ...(minLength === undefined ? [] : [`At least ${minLength} characters.`]),
    ...(maxLength === undefined ? [] : [`At most ${maxLength} characters.`]),
    ...(minimum === undefined ? [] : [`At least ${minimum}.`]),
    ...(maximum === undefined ? [] : [`At most ${maximum}.`]),
  ])
  return `${doc}export type ${keyOf(plan, type.id)} = ${valueText(plan, type.base)}\n`
}
