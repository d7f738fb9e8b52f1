import openapiTypescript, { astToString } from 'openapi-typescript'
import { literal, quote } from '../proxmox/typescript-text.js'

/** `specs/vsphere/rest.openapi.json`: the `/api` form of the calls, and with each how the older `/rest` form differs. */
export interface RestDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RestDocumentOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

interface RestDocumentOperation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: 'path' | 'query' }[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
  readonly 'x-rest': {
    /** Method, path and query of the older form; members in braces are parameters. */
    readonly key: string
    /** Member that holds the body there. */
    readonly wrap?: string
  }
  /** Changes nothing, though it is a POST. */
  readonly 'x-read'?: true
  /** Answers when the work is done, which takes minutes. */
  readonly 'x-blocks'?: true
}

/** rest-types.ts: what openapi-typescript makes of the document, and the parameters and result of each key. */
export async function emitRestTypes(document: RestDocument): Promise<string> {
  // The library takes any OpenAPI document; the interface above names only what this file reads.
  const nodes = await openapiTypescript(document as unknown as Parameters<typeof openapiTypescript>[0], {
    alphabetize: false,
    immutable: true,
    silent: true,
  })
  const text = astToString(nodes)
    .replaceAll(/^ +\/\*\* @description (?:The result|Done)\. \*\/\n/gm, '')
    .replaceAll(/^(?: {4})+/gm, (indent) => indent.replaceAll('    ', '  '))
  const members = operationsIn(document).map(({ key, operation }) => {
    const of = `operations[${quote(operation.operationId)}]`
    const parts = [
      ...(has(operation, 'path') ? [`${of}['parameters']['path']`] : []),
      ...(has(operation, 'query') ? [`NonNullable<${of}['parameters']['query']>`] : []),
      ...(operation.requestBody ? [`${of}['requestBody']['content']['application/json']`] : []),
    ]
    const result = operation.responses['200'] ? `${of}['responses']['200']['content']['application/json']` : 'void'
    return `  ${quote(key)}: {\n    parameters: ${parts.join(' & ') || 'Record<never, never>'}\n    result: ${result}\n  }`
  })
  return `${header}\n${text}\n/** By method and path below \`/api\`. Parameters of path, query and body stand side by side. */\nexport interface RestOperations {\n${members.join('\n')}\n}\n`
}

/** rest-operations.ts: how each call is sent, in both forms. */
export function emitRestOperations(document: RestDocument): string {
  const entries = operationsIn(document).map(({ key, operation }) => {
    const { wrap, key: older } = operation['x-rest']
    const query = (operation.parameters ?? []).filter(({ in: place }) => place === 'query').map(({ name }) => name)
    const entry = {
      api: requestOf(key),
      rest: { ...requestOf(older), ...(wrap !== undefined && { wrap }) },
      ...(query.length > 0 && { query }),
      ...((key.startsWith('GET ') || operation['x-read'] === true) && { read: true }),
      ...(operation['x-blocks'] === true && { blocks: true }),
      ...(isList(operation) && { list: true }),
    }
    return `  ${quote(key)}: ${literal(entry, '  ', key.length + 4)},`
  })
  const { schemas } = document.components
  const maps = membersThat('are maps', schemas, (member) => typeof member.additionalProperties === 'object')
  const lists = membersThat('are lists', schemas, (member) => member.type === 'array')
  return `${header}
export interface RestRequestForm {
  readonly method: string
  /** Members in braces are parameters. */
  readonly path: string
  /** Fixed query; values in braces are parameters. */
  readonly query?: Readonly<Record<string, string>>
  /** Member that holds the body. */
  readonly wrap?: string
}

export interface RestOperationFacts {
  readonly api: RestRequestForm
  readonly rest: RestRequestForm
  /** Parameters that stand in the query of \`/api\`. */
  readonly query?: readonly string[]
  readonly read?: boolean
  readonly blocks?: boolean
  /** The result is a list. */
  readonly list?: boolean
}

/** Members that are maps: lists of key and value in \`/rest\`. */
export const restMaps: readonly string[] = ${literal(maps, '', 44)}

/** Members that are lists; \`/rest\` may write null for an empty one. */
export const restLists: readonly string[] = ${literal(lists, '', 45)}

export const restOperations: Readonly<Record<string, RestOperationFacts>> = {
${entries.join('\n')}
}
`
}

const header = `// Generated from specs/vsphere/rest.openapi.json by \`pnpm generate\`. Do not edit.\n`

function operationsIn({ paths }: RestDocument) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
  )
}

function has({ parameters }: RestDocumentOperation, place: 'path' | 'query'): boolean {
  return parameters?.some((parameter) => parameter.in === place) === true
}

function requestOf(key: string) {
  const [method = '', target = ''] = key.split(' ')
  const [path = '', search] = target.split('?')
  const query = search?.split('&').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=')
    return [name, value]
  })
  return { method, path, ...(query && { query: Object.fromEntries(query) }) }
}

interface Member {
  readonly type?: unknown
  readonly additionalProperties?: unknown
}

/** Names of members that are of one sort wherever they occur. One that is so in one place and not in another is refused. */
function membersThat(sort: string, schemas: unknown, isSo: (member: Member) => boolean): readonly string[] {
  const found = new Set<string>()
  const others = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('properties' in node) {
      for (const [name, member] of Object.entries(Object(node.properties))) {
        ;(isSo(Object(member)) ? found : others).add(name)
      }
    }
    Object.values(node).forEach(visit)
  }
  visit(schemas)
  const both = [...found].filter((name) => others.has(name))
  if (both.length > 0) throw new Error(`members that ${sort} in one place and not in another: ${both.join(', ')}`)
  return [...found].sort()
}

function isList({ responses }: RestDocumentOperation): boolean {
  const json = Object(responses['200']?.content)['application/json']
  return Object(json).schema?.type === 'array'
}
