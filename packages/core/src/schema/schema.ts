import type { StandardIssue, StandardSchema } from './standard-schema.js'

/** Where a value stands in the input: `['disks', 1, 'sizeBytes']`. */
export type Path = readonly (string | number)[]

/** Takes one thing that is wrong. Messages never hold the value that was given: it might be a secret. */
export type Report = (path: Path, message: string) => void

/** What `read` answers when it reported a problem. */
export const invalid: unique symbol = Symbol('invalid')

/** Reads a value of unknown shape, reporting every problem. Each is a Standard Schema too. */
export interface Schema<Output> extends StandardSchema<Output> {
  /** What belongs here, for messages: `a text`. */
  readonly expects: string
  /** How much `value` looks as if it were meant for this schema; 0 is not at all. Alternatives are chosen by it. */
  fit(value: unknown): number
  read(value: unknown, path: Path, report: Report): Output | typeof invalid
}

/** The type that a schema gives. */
export type OutputOf<S> = S extends StandardSchema<infer Output> ? Output : never

/** Makes a schema of its parts. */
export function schema<Output>(
  expects: string,
  fit: (value: unknown) => number,
  read: (value: unknown, path: Path, report: Report) => Output | typeof invalid,
): Schema<Output> {
  return {
    expects,
    fit,
    read,
    '~standard': {
      version: 1,
      vendor: 'dcm',
      validate(value) {
        const issues: StandardIssue[] = []
        const output = read(value, [], (path, message) => issues.push({ path, message }))
        if (issues.length === 0 && output !== invalid) return { value: output }
        return { issues }
      },
    },
  }
}

/** Adds a rule to a schema: `check` answers what is wrong, or nothing. */
export function refine<Output>(base: Schema<Output>, check: (value: Output) => string | undefined): Schema<Output> {
  return schema(base.expects, base.fit, (value, path, report) => {
    const output = base.read(value, path, report)
    if (output === invalid) return invalid
    const message = check(output)
    if (message === undefined) return output
    report(path, message)
    return invalid
  })
}
