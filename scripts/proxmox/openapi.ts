import type { PropertyString, Schema } from './schema.js'

/** The OpenAPI 3.1 document of `specs/proxmox/openapi.json`: answers are the unwrapped `data` of the vendor's envelope. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string }
  readonly servers: readonly {
    readonly url: string
    readonly variables: Readonly<Record<string, { readonly default: string }>>
  }[]
  readonly 'x-envelope': 'data'
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<OpenApiMethod, OpenApiOperation>>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly 'x-property-strings': Readonly<Record<string, PropertyString>>
  }
}

export type OpenApiMethod = 'get' | 'post' | 'put' | 'delete'

export const openApiMethods: readonly OpenApiMethod[] = ['get', 'post', 'put', 'delete']

export interface OpenApiParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: true
  readonly schema: Schema
}

export interface OpenApiOperation {
  readonly parameters?: readonly OpenApiParameter[]
  readonly requestBody?: {
    readonly required?: true
    readonly content: { readonly 'application/x-www-form-urlencoded': { readonly schema: Schema } }
  }
  readonly responses: {
    readonly '200': {
      readonly description: string
      readonly content: { readonly 'application/json': { readonly schema: Schema } }
    }
  }
  /** The call runs with root rights on the node; its connection is closed after the answer. */
  readonly 'x-protected'?: true
  /** The parameter that names the node to which the contacted node forwards the call. */
  readonly 'x-proxyto'?: string
  /** The operation refuses API tokens. */
  readonly 'x-allowtoken'?: false
  /** The answer may be a stream instead of JSON. */
  readonly 'x-download'?: true
  /** Parameters beyond the declared ones are not refused. */
  readonly 'x-additional-parameters'?: true
  /** The answer is the id of a task of one of these types; the types are not always known. */
  readonly 'x-task-types'?: readonly string[]
  /** The vendor's check tree, as data. */
  readonly 'x-permissions'?: unknown
}

/** `GET /nodes/{node}/qemu` for method and path. */
export function operationKey(method: OpenApiMethod, path: string): string {
  return `${method.toUpperCase()} ${path}`
}

/** Every operation of the document in its order. */
export function* operationsOf(
  document: OpenApiDocument,
): Generator<{ key: string; method: OpenApiMethod; path: string; operation: OpenApiOperation }> {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of openApiMethods) {
      const operation = item[method]
      if (operation) yield { key: operationKey(method, path), method, path, operation }
    }
  }
}
