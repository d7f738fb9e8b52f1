import type { Problem } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { StandardIssue, StandardSchema } from './standard-schema.js'

/** The value as its schema reads it, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] }

/** Checks a value with any Standard Schema. `within` stands before the paths of the problems. */
export async function checkValue<T>(schema: StandardSchema<T>, value: unknown, within = ''): Promise<Checked<T>> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { value: result.value }
  return { problems: result.issues.map((issue) => ({ path: pathOf(issue, within), message: issue.message })) }
}

function pathOf(issue: StandardIssue, within: string): string {
  let path = within
  for (const part of issue.path ?? []) {
    const key = typeof part === 'object' ? part.key : part
    if (typeof key === 'number') path += `[${key}]`
    else path += path === '' ? String(key) : `.${String(key)}`
  }
  return path
}

/** The error of a wrong input. */
export type InvalidArgument = Extract<HypervisorError, { readonly code: 'INVALID_ARGUMENT' }>

/** INVALID_ARGUMENT with every problem, in its details and in its message. */
export function invalidArgument(subject: string, problems: readonly Problem[]): InvalidArgument {
  const told = problems.map(({ path, message }) => (path === '' ? message : `${path} ${message}`))
  const message = `${subject}: ${told.slice(0, 10).join('; ')}${told.length > 10 ? `; and ${told.length - 10} more` : ''}`
  return new HypervisorError('INVALID_ARGUMENT', message, { details: { problems } })
}
