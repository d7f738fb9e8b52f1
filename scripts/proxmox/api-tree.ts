/** The vendor's API tree as its API viewer publishes it: an array of path nodes with methods and children. */
export interface VendorNode {
  readonly path: string
  readonly info?: Readonly<Record<string, VendorMethod>>
  readonly children?: readonly VendorNode[]
}

export interface VendorMethod {
  readonly parameters?: {
    readonly additionalProperties?: number | boolean
    readonly properties?: Readonly<Record<string, VendorSchema>>
  }
  readonly returns?: VendorSchema
  readonly permissions?: Readonly<Record<string, unknown>> | null
  readonly protected?: unknown
  readonly proxyto?: string | null
  readonly allowtoken?: unknown
  readonly download_allowed?: unknown
}

/** A schema as the vendor writes it: numbers and flags may be strings, defaults may be prose. */
export interface VendorSchema {
  readonly type?: string
  readonly optional?: unknown
  readonly enum?: readonly unknown[] | null
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly minLength?: unknown
  readonly maxLength?: unknown
  readonly pattern?: string
  readonly format?: string | Readonly<Record<string, VendorFormatMember>>
  readonly default?: unknown
  readonly requires?: string
  readonly renderer?: string
  readonly typetext?: string
  readonly items?: VendorSchema
  readonly properties?: Readonly<Record<string, VendorSchema>>
  readonly additionalProperties?: number | boolean | VendorSchema
  readonly oneOf?: readonly VendorSchema[]
  readonly links?: readonly { readonly href?: string; readonly rel?: string }[]
  readonly 'instance-types'?: readonly string[]
  readonly 'type-property'?: string
}

export interface VendorFormatMember extends VendorSchema {
  readonly alias?: string
  readonly keyAlias?: string
  readonly default_key?: unknown
}

export interface VendorOperation {
  readonly key: string
  readonly method: string
  readonly path: string
  readonly info: VendorMethod
}

const methods = ['GET', 'POST', 'PUT', 'DELETE']

/** Every operation of the tree, sorted by path and then by method. */
export function readOperations(tree: readonly VendorNode[]): VendorOperation[] {
  const operations: VendorOperation[] = []
  const visit = (node: VendorNode): void => {
    for (const [method, info] of Object.entries(node.info ?? {})) {
      if (!methods.includes(method))
        throw new Error(`The API tree has a method ${method} at ${node.path}; only ${methods.join(', ')} are known`)
      operations.push({ key: `${method} ${node.path}`, method, path: node.path, info })
    }
    for (const child of node.children ?? []) visit(child)
  }
  for (const node of tree) visit(node)
  return operations.sort((a, b) => compare(a.path, b.path) || methods.indexOf(a.method) - methods.indexOf(b.method))
}

/** Order by code units: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Checks that parsed JSON is an API tree, before anything is read from it. */
export function parseApiTree(value: unknown): readonly VendorNode[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isNode)) {
    throw new Error('This is not an API tree: expected an array of nodes with `path` and `info` or `children`')
  }
  return value
}

function isNode(value: unknown): value is VendorNode {
  if (typeof value !== 'object' || value === null || !('path' in value)) return false
  return typeof value.path === 'string' && ('info' in value || 'children' in value)
}
