import {
  compare,
  readOperations,
  type VendorMethod,
  type VendorNode,
  type VendorOperation,
  type VendorSchema,
} from './api-tree.js'
import {
  isOptional,
  isSet,
  normalizeProperties,
  normalizeSchema,
  type RegisterPropertyString,
} from './normalize-schema.js'
import type { OpenApiDocument, OpenApiMethod, OpenApiOperation, OpenApiParameter } from './openapi.js'
import { isIndexed, type PropertyString, type Schema } from './schema.js'

/** Turns an API tree into the project's OpenAPI document: facts only, no prose, the same text for the same tree. */
export function importTree(tree: readonly VendorNode[], version: string): OpenApiDocument {
  const grammars = new Map<string, { name: string; grammar: PropertyString }>()
  const names = new Map<string, number>()
  const register: RegisterPropertyString = (name, grammar) => {
    const content = JSON.stringify(grammar)
    const known = grammars.get(`${name} ${content}`)
    if (known) return known.name
    const count = (names.get(name) ?? 0) + 1
    names.set(name, count)
    const unique = count === 1 ? name : `${name}-${count}`
    grammars.set(`${name} ${content}`, { name: unique, grammar })
    return unique
  }
  const paths: Record<string, Partial<Record<OpenApiMethod, OpenApiOperation>>> = {}
  const operations = readOperations(tree)
  const pathParameters = declaredPathParameters(operations)
  for (const operation of operations) {
    const method = operation.method.toLowerCase() as OpenApiMethod // readOperations knows no other methods
    paths[operation.path] = { ...paths[operation.path], [method]: importOperation(operation, pathParameters, register) }
  }
  const propertyStrings = [...grammars.values()].sort((a, b) => compare(a.name, b.name))
  return {
    openapi: '3.1.0',
    info: { title: 'Proxmox VE', version },
    servers: [{ url: 'https://{host}:8006/api2/json', variables: { host: { default: 'localhost' } } }],
    'x-envelope': 'data',
    paths,
    components: {
      schemas: { Upid: { type: 'string', pattern: '^UPID:' } },
      'x-property-strings': Object.fromEntries(propertyStrings.map(({ name, grammar }) => [name, grammar])),
    },
  }
}

/** Declarations of path parameters by the path up to them: some operations forget one that their neighbours declare. */
function declaredPathParameters(operations: readonly VendorOperation[]): ReadonlyMap<string, VendorSchema> {
  const declared = new Map<string, VendorSchema>()
  for (const { path, info } of operations) {
    for (const { name, prefix } of pathParametersOf(path)) {
      const schema = info.parameters?.properties?.[name]
      if (schema && !declared.has(prefix)) declared.set(prefix, schema)
    }
  }
  return declared
}

function pathParametersOf(path: string): { readonly name: string; readonly prefix: string }[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map((found) => {
    return { name: found[1] ?? '', prefix: path.slice(0, found.index + found[0].length) }
  })
}

function importOperation(
  { method, path, info }: VendorOperation,
  pathParameters: ReadonlyMap<string, VendorSchema>,
  register: RegisterPropertyString,
): OpenApiOperation {
  const inPath = pathParametersOf(path)
  const declared = info.parameters?.properties ?? {}
  const parameters: OpenApiParameter[] = inPath.map(({ name, prefix }) => {
    // What nobody declares is the number of a list entry (`url_seq`).
    const vendor = declared[name] ?? pathParameters.get(prefix) ?? { type: 'integer', minimum: 0 }
    return { name, in: 'path', required: true, schema: normalizeSchema(name, vendor, register) }
  })
  const others = Object.fromEntries(
    Object.entries(declared).filter(([name]) => !inPath.some((known) => known.name === name)),
  )
  const hasBody = method === 'POST' || method === 'PUT'
  if (!hasBody) parameters.push(...queryParameters(others, register))
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody && Object.keys(others).length > 0 && { requestBody: requestBody(others, info, register) }),
    responses: {
      '200': {
        description: 'Answer',
        content: { 'application/json': { schema: importAnswer(info.returns, register) } },
      },
    },
    ...(isSet(info.protected) && { 'x-protected': true as const }),
    ...(info.proxyto && { 'x-proxyto': info.proxyto }),
    ...(!isSet(info.allowtoken) && { 'x-allowtoken': false as const }),
    ...(isSet(info.download_allowed) && { 'x-download': true as const }),
    ...(allowsMore(info) && { 'x-additional-parameters': true as const }),
    ...permissionsOf(info),
  }
}

/** The platform refuses unknown parameters only where it says `additionalProperties: 0`. */
function allowsMore(info: VendorMethod): boolean {
  const value = info.parameters?.additionalProperties
  return value !== 0 && value !== false
}

function queryParameters(
  properties: Readonly<Record<string, VendorSchema>>,
  register: RegisterPropertyString,
): OpenApiParameter[] {
  return Object.keys(properties)
    .sort(compare)
    .map((name) => {
      if (isIndexed(name)) throw new Error(`An indexed parameter ${name} in a query is not expected`)
      const vendor = properties[name] ?? {}
      const schema = normalizeSchema(name, vendor, register)
      return { name, in: 'query', ...(!isOptional(vendor) && { required: true as const }), schema }
    })
}

function requestBody(
  properties: Readonly<Record<string, VendorSchema>>,
  info: VendorMethod,
  register: RegisterPropertyString,
): NonNullable<OpenApiOperation['requestBody']> {
  const members = normalizeProperties(properties, register)
  const schema: Schema = { type: 'object', ...members, ...(!allowsMore(info) && { additionalProperties: false }) }
  return {
    ...(members.required && { required: true as const }),
    content: { 'application/x-www-form-urlencoded': { schema } },
  }
}

/** The declared answer. A row of a directory index is declared empty; its link tells the one member it surely has. */
function importAnswer(returns: VendorSchema | undefined, register: RegisterPropertyString): Schema {
  if (!returns) return {}
  const schema = normalizeSchema('answer', returns, register)
  const child = returns.links?.find(({ rel }) => rel === 'child')?.href
  const member = child === undefined ? undefined : /^\{([^}/]+)\}$/.exec(child)?.[1]
  const row = schema.items
  if (member === undefined || row?.type !== 'object' || Object.keys(row.properties ?? {}).length > 0) return schema
  return {
    ...schema,
    items: {
      type: 'object',
      properties: { [member]: { type: 'string', 'x-arrives-as': 'number' } },
      required: [member],
    },
  }
}

/** The check tree; what the vendor says in sentences only stays out. */
function permissionsOf({ permissions }: VendorMethod): Pick<OpenApiOperation, 'x-permissions'> {
  const { check, user } = permissions ?? {}
  if (check === undefined && user === undefined) return {}
  return { 'x-permissions': { ...(check !== undefined && { check }), ...(user !== undefined && { user }) } }
}
