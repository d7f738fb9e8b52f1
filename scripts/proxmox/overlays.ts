import { compare } from './api-tree.js'
import { type OpenApiDocument, type OpenApiOperation, operationsOf } from './openapi.js'
import type { Schema } from './schema.js'

/**
 * What an API tree does not tell of an answer: `specs/proxmox/overlays/*.json`. The shape starts from one of `answer`,
 * `sameAs`, `parametersOf` or else the declared answer, and is then changed by the other members.
 */
export interface Overlay {
  /** Where the shape comes from: a recorded answer (file and entry), or the vendor's thing that fixes it. */
  readonly source: string
  /** The whole answer. */
  readonly answer?: Schema
  /** Another operation whose answer it is; with `[]` at the end, a row of that answer. */
  readonly sameAs?: string
  /** An operation that writes the entry which is read here: its parameters are the members. */
  readonly parametersOf?: string
  /** The answer is a list and the rest speaks of its rows. */
  readonly rows?: true
  /** Members of the start that do not come. */
  readonly without?: readonly string[]
  /** Members added or replaced. */
  readonly members?: Readonly<Record<string, Schema>>
  /** Members that always come, in place of those of the start. */
  readonly required?: readonly string[]
  /** Members that may be null. */
  readonly nullable?: readonly string[]
  /** Members written as property strings come back parsed, in a shape that nobody describes. */
  readonly parsed?: true
}

export type Overlays = Readonly<Record<string, Overlay>>

const overlayMembers = [
  'source',
  'answer',
  'sameAs',
  'parametersOf',
  'rows',
  'without',
  'members',
  'required',
  'nullable',
  'parsed',
]

/** The answer of every operation, overlays applied. Throws on an overlay that names what is not there. */
export function resolveAnswers(
  document: OpenApiDocument,
  overlays: Overlays,
  formerNumbers: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, Schema> {
  const operations = new Map([...operationsOf(document)].map(({ key, operation }) => [key, operation]))
  checkOverlays(overlays, operations)
  const answers = new Map<string, Schema>()
  const underway = new Set<string>()
  const resolve = (key: string): Schema => {
    const known = answers.get(key)
    if (known) return known
    const operation = operations.get(key)
    if (!operation) throw new Error(`An overlay refers to ${key}, which the description lacks`)
    if (underway.has(key))
      throw new Error(`The overlays of ${[...underway].join(', ')} refer to each other in a circle`)
    underway.add(key)
    const declared = markFormerNumbers(
      operation.responses['200'].content['application/json'].schema,
      formerNumbers[key],
    )
    const overlay = overlays[key]
    const answer = overlay
      ? applyOverlay(overlay, declared, { answerOf: resolve, operationOf: (name) => operations.get(name) })
      : declared
    underway.delete(key)
    answers.set(key, answer)
    return answer
  }
  for (const key of operations.keys()) resolve(key)
  return answers
}

/** Members that older releases send as numbers are text in the types, so they are to be turned into text. */
function markFormerNumbers(schema: Schema, names: readonly string[] = []): Schema {
  if (names.length === 0) return schema
  if (schema.items) return { ...schema, items: markFormerNumbers(schema.items, names) }
  const marked = names.map(
    (name) => [name, { ...schema.properties?.[name], 'x-arrives-as': 'number' as const }] as const,
  )
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(marked) } }
}

function checkOverlays(overlays: Overlays, operations: ReadonlyMap<string, OpenApiOperation>): void {
  for (const [key, overlay] of Object.entries(overlays)) {
    if (!operations.has(key)) throw new Error(`There is an overlay for ${key}, which the description lacks`)
    if (!overlay.source) throw new Error(`The overlay for ${key} does not name its source`)
    const unknown = Object.keys(overlay).filter((name) => !overlayMembers.includes(name))
    if (unknown.length > 0) throw new Error(`The overlay for ${key} has unknown members: ${unknown.join(', ')}`)
  }
}

interface Lookup {
  readonly answerOf: (key: string) => Schema
  readonly operationOf: (key: string) => OpenApiOperation | undefined
}

function applyOverlay(overlay: Overlay, declared: Schema, lookup: Lookup): Schema {
  if (overlay.answer) return overlay.answer
  const start = startOf(overlay, declared, lookup)
  const without = overlay.without ?? []
  const kept = Object.entries(start.properties ?? {}).filter(([name]) => !without.includes(name))
  const members = overlay.parsed ? kept.map(([name, schema]) => [name, parsedForm(schema)] as const) : kept
  const properties: Record<string, Schema> = { ...Object.fromEntries(members), ...overlay.members }
  for (const name of overlay.nullable ?? []) properties[name] = nullable(properties[name], name)
  const required = overlay.required ?? start.required?.filter((name) => !without.includes(name)) ?? []
  const shape: Schema = {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).sort(([a], [b]) => compare(a, b))),
    ...(start.patternProperties && { patternProperties: start.patternProperties }),
    ...(required.length > 0 && { required }),
  }
  return overlay.rows ? { type: 'array', items: shape } : shape
}

function startOf(overlay: Overlay, declared: Schema, lookup: Lookup): Schema {
  if (overlay.sameAs?.endsWith('[]')) return lookup.answerOf(overlay.sameAs.slice(0, -2)).items ?? {}
  if (overlay.sameAs) return lookup.answerOf(overlay.sameAs)
  if (overlay.parametersOf) return writtenEntry(overlay.parametersOf, lookup)
  return overlay.rows ? (declared.items ?? {}) : declared
}

/** Body parameters, and path parameters, as the members of the entry that they write. */
function writtenEntry(key: string, { operationOf }: Lookup): Schema {
  const operation = operationOf(key)
  if (!operation) throw new Error(`An overlay refers to ${key}, which the description lacks`)
  const body = operation.requestBody?.content['application/x-www-form-urlencoded'].schema ?? {}
  const path = (operation.parameters ?? []).map(({ name, schema }) => [name, schema] as const)
  return { type: 'object', properties: { ...Object.fromEntries(path), ...body.properties } }
}

function parsedForm(schema: Schema): Schema {
  return schema['x-property-string'] ? {} : schema
}

function nullable(schema: Schema | undefined, name: string): Schema {
  if (typeof schema?.type !== 'string') throw new Error(`An overlay makes ${name} nullable, but it has no single type`)
  return { ...schema, type: [schema.type as 'string', 'null'] }
}
