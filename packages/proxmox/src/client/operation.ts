import { encodePathValue } from './encode-path.js'
import { refusal } from './error.js'

/** An operation key taken apart. */
export interface Operation {
  readonly key: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{name}` in place of values, as in `/nodes/{node}/qemu`. */
  readonly template: string
  readonly pathParameters: readonly string[]
  /** Parameters go to the body with POST and PUT, to the query with GET and DELETE: the platform refuses bodies there. */
  readonly hasBody: boolean
}

const known = new Map<string, Operation>()

/** Takes apart `GET /nodes/{node}/qemu`. Kept for the next call: there are few operations and many calls. */
export function operationOf(key: string): Operation {
  const operation = known.get(key)
  if (operation !== undefined) return operation
  const match = /^(GET|POST|PUT|DELETE) (\/.*)$/.exec(key)
  if (match === null) throw refusal(`'${key.slice(0, 80)}' is not an operation: write it like 'GET /nodes/{node}/qemu'`)
  const [, method, template = ''] = match
  const parsed: Operation = {
    key,
    method: method as Operation['method'], // the expression allows only these four
    template,
    pathParameters: [...template.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name),
    hasBody: method === 'POST' || method === 'PUT',
  }
  known.set(key, parsed)
  return parsed
}

/** Fills the template. Every value is encoded; a missing one is refused by name. */
export function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{([^{}]+)\}/g, (_braces, name: string) =>
    encodePathValue(name, Object.hasOwn(values, name) ? values[name] : undefined),
  )
}

/** Divides flat parameters into those of the path and the rest. */
export function splitParameters(
  operation: Operation,
  parameters: Readonly<Record<string, unknown>> | undefined,
): { path: Record<string, unknown>; rest: Record<string, unknown> | undefined } {
  const path: Record<string, unknown> = {}
  if (parameters === undefined) return { path, rest: undefined }
  let rest: Record<string, unknown> | undefined
  for (const name of Object.keys(parameters)) {
    const value = parameters[name]
    if (value === undefined) continue
    if (operation.pathParameters.includes(name)) path[name] = value
    else {
      rest ??= Object.create(null) as Record<string, unknown> // no prototype: a parameter may have any name
      rest[name] = value
    }
  }
  return { path, rest }
}
