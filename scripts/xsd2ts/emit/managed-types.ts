import type { ManagedType, Member, Method } from '../model/schema-model.js'
import { complexType } from '../model/walk.js'
import { type GenerationPlan, keyOf } from '../plan/generation-plan.js'
import { makeIdentifier } from '../plan/identifiers.js'
import { docComment, sentences, withArticle } from './documentation.js'
import { kindWord } from './schema-part.js'
import { literal, propertyKey, propertyText, valueText } from './type-text.js'

/** Interfaces of a managed type: the properties that can be read of it and the methods that it has. */
export function managedDeclarations(plan: GenerationPlan, managed: ManagedType): string {
  const base = plan.model.managedTypes.find((candidate) => candidate.name === managed.base)?.name
  const properties = managed.properties.map(
    (member) =>
      `${docComment(sentences(member.facts), '  ')}  ${propertyText(plan, member, makeIdentifier(member.name))}\n`,
  )
  const methods = managed.methods.map(
    (method) =>
      `${docComment(methodSentences(method), '  ')}  readonly ${propertyKey(method.name)}: ${methodText(plan, method)}\n`,
  )
  return [
    docComment([`Properties of ${withArticle(managed.name)}.`, ...sentences(managed.facts)]),
    block(`export interface ${managed.name}${base === undefined ? '' : ` extends ${base}`}`, properties),
    '\n',
    docComment([
      `Methods of ${withArticle(managed.name)}${base === undefined ? '' : `, beside those of ${withArticle(base)}`}.`,
    ]),
    block(`export interface ${managed.name}Methods`, methods),
  ].join('')
}

function block(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${head} {}\n` : `${head} {\n${lines.join('')}}\n`
}

function methodSentences(method: Method): string[] {
  const faults = method.faults.length === 0 ? [] : [`Faults: ${method.faults.join(', ')}.`]
  return [...sentences(method.facts), ...faults]
}

function methodText(plan: GenerationPlan, method: Method): string {
  const task = method.task === undefined ? '' : `; readonly task: ${taskText(plan, method.task)}`
  return `{ readonly request: ${keyOf(plan, method.request)}; readonly result: ${resultText(plan, method)}${task} }`
}

function resultOf(plan: GenerationPlan, method: Method): Member | undefined {
  return complexType(plan.model, method.response).members[0]
}

function resultText(plan: GenerationPlan, method: Method): string {
  const result = resultOf(plan, method)
  if (result === undefined) return 'undefined'
  const type = valueText(plan, result.value)
  if (result.list) return `readonly ${type.includes(' ') ? `(${type})` : type}[]`
  return result.required || type === 'unknown' ? type : `${type} | undefined`
}

/** A managed type as result of a task is a reference to it. */
function taskText(plan: GenerationPlan, task: string): string {
  if (task === 'void') return 'undefined'
  const name = task.replace('*', '')
  const types = [...plan.model.types.values()]
  const type = types.find((candidate) => candidate.wireName === name)
  const reference = types.find((candidate) => candidate.wireName === 'ManagedObjectReference')
  const text =
    type !== undefined
      ? keyOf(plan, type.id)
      : plan.model.managedTypes.some((managed) => managed.name === name) && reference !== undefined
        ? keyOf(plan, reference.id)
        : 'unknown'
  return task.endsWith('*') ? `readonly ${text}[]` : text
}

/** Types that the declarations of a managed type name, for imports. */
export function managedTypeNames(plan: GenerationPlan, managed: ManagedType): string[] {
  const members = managed.properties.flatMap((member) => [
    member.value,
    ...(member.valuesOf ? [{ type: member.valuesOf }] : []),
  ])
  const results = managed.methods.flatMap((method) => resultOf(plan, method)?.value ?? [])
  return [
    ...[...members, ...results].flatMap((value) => ('type' in value ? [keyOf(plan, value.type)] : [])),
    ...managed.methods.map((method) => keyOf(plan, method.request)),
    ...managed.methods.flatMap((method) =>
      method.task === undefined ? [] : [taskText(plan, method.task).replace(/^readonly |\[\]$/g, '')],
    ),
    ...(managed.base === undefined ? [] : [managed.base]),
  ]
}

/** What a program needs at run time: properties in the words of the tables, and each method's types, faults and privilege. */
export function managedFacts(plan: GenerationPlan, managed: ManagedType): string {
  const properties = managed.properties.map(
    (member) => `${member.name}:${kindWord(plan, member.value)}${member.list ? '*' : ''}${member.required ? '!' : ''}`,
  )
  const methods = managed.methods.map((method) => `    ${propertyKey(method.name)}: ${methodFacts(plan, method)},\n`)
  return [
    `const facts: ManagedTypeFacts = {\n`,
    `  name: ${literal(managed.name)},\n`,
    managed.base === undefined ? '' : `  extends: ${literal(managed.base)},\n`,
    `  properties: ${literal(properties.join(' '))},\n`,
    methods.length === 0 ? '  methods: {},\n' : `  methods: {\n${methods.join('')}  },\n`,
    '}\n\nexport default facts\n',
  ].join('')
}

function methodFacts(plan: GenerationPlan, method: Method): string {
  const entries = [
    `request: ${literal(keyOf(plan, method.request))}`,
    `response: ${literal(keyOf(plan, method.response))}`,
    ...(method.task === undefined ? [] : [`task: ${literal(method.task)}`]),
    ...(method.faults.length === 0 ? [] : [`faults: ${literal(method.faults.join(' '))}`]),
    ...(method.facts.since === undefined ? [] : [`since: ${literal(method.facts.since)}`]),
    ...(method.facts.privilege === undefined ? [] : [`privilege: ${literal(method.facts.privilege)}`]),
  ]
  return `{ ${entries.join(', ')} }`
}

/** The file that says what facts of managed types look like. */
export const managedFactsModule = `/** What a managed type is at run time. */
export interface ManagedTypeFacts {
  readonly name: string
  readonly extends?: string
  /** Words \`name:kind\`, with \`*\` for a list and \`!\` for one that is always set. Those of the base are not among them. */
  readonly properties: string
  readonly methods: Readonly<Record<string, MethodFacts>>
}

export interface MethodFacts {
  /** Type of the request, whose element has the method's name. */
  readonly request: string
  readonly response: string
  /** What the task ends with: a type with \`*\` for a list, a managed type for a reference to one, or \`void\`. */
  readonly task?: string
  /** Declared fault types, with blanks in between. Subtypes of them arrive as well. */
  readonly faults?: string
  readonly since?: string
  readonly privilege?: string
}
`
