import { refusal } from './error.js'

/**
 * The value of the `sshkeys` parameter of a VM's configuration for these public keys. The platform wants the text
 * percent-encoded inside the (again encoded) form; `+` for a space is refused there.
 */
export function encodeSshKeys(keys: string | readonly string[]): string {
  const text = (typeof keys === 'string' ? [keys] : keys).map((key) => key.trim()).join('\n')
  try {
    return encodeURIComponent(text)
  } catch {
    throw refusal('an SSH key holds half of a surrogate pair, which has no UTF-8 form')
  }
}

/** The public keys in a configuration's `sshkeys`, one a line. Text that is not percent-encoded is taken as it is. */
export function decodeSshKeys(value: string): string[] {
  return decode(value)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
