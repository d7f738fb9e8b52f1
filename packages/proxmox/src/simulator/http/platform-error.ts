/**
 * An answer of the platform that is not 200. `text` is the whole message as the daemon prints it, with its final newline
 * where it has one; its first line becomes the reason phrase.
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly status: number
  readonly text: string
  readonly errors: Readonly<Record<string, string>> | undefined

  constructor(status: number, text: string, errors?: Readonly<Record<string, string>>) {
    super(text.trimEnd())
    this.status = status
    this.text = text
    this.errors = errors
  }
}

/** The platform's everyday failure: a 500 whose text tells what is wrong. */
export function failure(text: string): PlatformError {
  return new PlatformError(500, `${text}\n`)
}

/** 400 with the parameters at fault and why. */
export function parameterError(errors: Readonly<Record<string, string>>): PlatformError {
  return new PlatformError(400, 'Parameter verification failed.\n', errors)
}

/** 403, with path and privilege where the platform names them. */
export function permissionError(detail?: string): PlatformError {
  return new PlatformError(
    403,
    detail === undefined ? 'Permission check failed\n' : `Permission check failed (${detail})\n`,
  )
}

/** A node that the contacted one cannot reach. */
export function nodeUnreachable(): PlatformError {
  return new PlatformError(595, 'No route to host')
}

/** What a handler threw, as the platform would answer it. A mistake of the simulator itself is called one. */
export function asPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown
  return failure(`the simulator itself failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
}
