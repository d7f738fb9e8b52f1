import openapiTypescript, { astToString } from 'openapi-typescript'
import type { ApiModel } from './api-model.js'
import { type OpenApiDocument, type OpenApiOperation, openApiMethods, operationKey } from './openapi.js'
import { indexedName, type Schema } from './schema.js'
import { header } from './typescript-text.js'

/** paths.ts: the `paths` of openapi-typescript, for those who use openapi-fetch by itself. */
export async function emitPaths(document: OpenApiDocument, model: ApiModel): Promise<string> {
  const described = describeAnswers(document, model)
  // The library takes any OpenAPI document; ours is a subset that its own types do not name.
  const nodes = await openapiTypescript(described as Parameters<typeof openapiTypescript>[0], {
    alphabetize: false,
    silent: true,
  })
  const text = astToString(nodes)
    // Indexed names are members called `net[n]` until here, since OpenAPI has no keys with a number in them.
    .replaceAll(/"([a-z]+)\[n\]"\?:/g, `[key: \`$1\${number}\`]:`)
    .replace(/^( +)Upid: string;$/m, `$1Upid: \`UPID:\${string}\`;`)
    .replaceAll(/^ +\/\*\* @description Answer \*\/\n/gm, '')
    .replaceAll(/^(?: {4})+/gm, (indent) => indent.replaceAll('    ', '  '))
  return `${header(model.version, 'Types of openapi-typescript for plain openapi-fetch; `Operations` costs a compiler far less.')}\n${text}`
}

/** The document with the answers of the model (overlays and task ids applied) and without the project's own members. */
function describeAnswers(document: OpenApiDocument, { operations }: ApiModel): object {
  const results = new Map(operations.map(({ key, result }) => [key, result]))
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const methods = openApiMethods.flatMap((method) => {
      const operation = item[method]
      return operation
        ? [[method, plainOperation(operation, results.get(operationKey(method, path)) ?? {})] as const]
        : []
    })
    return [path, Object.fromEntries(methods)] as const
  })
  return {
    openapi: document.openapi,
    info: document.info,
    paths: Object.fromEntries(paths),
    components: { schemas: document.components.schemas },
  }
}

function plainOperation(operation: OpenApiOperation, result: Schema): object {
  const body = operation.requestBody
  const form = 'application/x-www-form-urlencoded'
  return {
    ...(operation.parameters && {
      parameters: operation.parameters.map((parameter) => ({ ...parameter, schema: plainSchema(parameter.schema) })),
    }),
    ...(body && { requestBody: { ...body, content: { [form]: { schema: plainSchema(body.content[form].schema) } } } }),
    responses: { '200': { description: 'Answer', content: { 'application/json': { schema: plainSchema(result) } } } },
  }
}

/** Members that only the platform's checks need are dropped: the types are the same without them. */
function plainSchema(schema: Schema): Schema {
  const { $ref, type, enum: choices, const: constant, items, required, oneOf } = schema
  if ($ref) return { $ref }
  const indexed = Object.entries(schema.patternProperties ?? {}).map(
    ([pattern, member]) => [indexedName(pattern), member] as const,
  )
  const properties = [...Object.entries(schema.properties ?? {}), ...indexed]
  const rest = schema.additionalProperties
  return {
    ...(type !== undefined && { type }),
    ...(choices && { enum: choices }),
    ...(constant !== undefined && { const: constant }),
    ...(items && { items: plainSchema(items) }),
    ...(oneOf && { oneOf: oneOf.map(plainSchema) }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.map(([name, member]) => [name, plainSchema(member)])),
    }),
    ...(required && { required }),
    ...(typeof rest === 'object' && { additionalProperties: plainSchema(rest) }),
  }
}
