import { RestFault } from './rest-reply.js'

/** A JSON object as it came. */
export type RestBody = Readonly<Record<string, unknown>>

/** Throws INVALID_ARGUMENT for a body that is no JSON object; no body is an empty one. */
export function readBody(body: Buffer): RestBody {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told below.
  }
  throw invalid('The body is not a JSON object.')
}

export function invalid(message: string): RestFault {
  return new RestFault(400, 'INVALID_ARGUMENT', message)
}

/** Throws INVALID_ARGUMENT where it is missing, as the readers below. */
export function text(body: RestBody, name: string): string {
  const value = body[name]
  if (typeof value === 'string') return value
  throw invalid(`${name} is missing`)
}

export function optionalText(body: RestBody, name: string): string | undefined {
  const value = body[name]
  return value === undefined || value === null ? undefined : text(body, name)
}

export function texts(body: RestBody, name: string): readonly string[] {
  const value = body[name]
  if (Array.isArray(value)) return value.map(String)
  throw invalid(`${name} is missing`)
}

export function members(body: RestBody, name: string): RestBody {
  const value = body[name]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw invalid(`${name} is missing`)
}

export function flag(body: RestBody, name: string): boolean {
  const value = body[name]
  if (typeof value === 'boolean') return value
  throw invalid(`${name} is missing`)
}
