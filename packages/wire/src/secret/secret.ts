/** A secret, or a function that is asked for it whenever it is needed: at login, and again after it was refused. */
export type Secret = string | (() => string | Promise<string>)

/** The value of a secret. One that is empty or no text is refused by the client's own error, without being shown. */
export async function readSecret(secret: Secret, name: string, refusal: (message: string) => Error): Promise<string> {
  const value: unknown = typeof secret === 'function' ? await secret() : secret
  if (typeof value === 'string' && value !== '') return value
  throw refusal(`${name} is empty or not a string`)
}

/** Whether a text can stand in a header: no spaces, no control characters, ASCII only. */
export function isHeaderToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}
