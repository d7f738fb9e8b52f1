import { refusal } from './error.js'

/** A value that a parameter may have. Arrays are sent by repeating the name. `undefined` leaves the parameter out. */
export type ParameterValue = string | number | bigint | boolean | undefined | readonly (string | number | boolean)[]

/**
 * Writes parameters as query or form body. Booleans are `0` and `1`, arrays repeat their name. Every name and value is
 * percent-encoded: the platform's parser splits on `&` and `;` and reads only up to a second `=`, so nothing may be raw.
 */
export function encodeForm(parameters: Readonly<Record<string, unknown>>): string {
  let form = ''
  for (const name of Object.keys(parameters)) {
    const value = parameters[name]
    if (value === undefined) continue
    if (Array.isArray(value)) {
      for (const item of value) form += pair(form, name, item)
    } else {
      form += pair(form, name, value)
    }
  }
  return form
}

function pair(form: string, name: string, value: unknown): string {
  return `${form === '' ? '' : '&'}${encodeText(name, name)}=${encodeText(name, scalar(name, value))}`
}

function scalar(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' && Number.isFinite(value)) return plainNumber(value)
  if (typeof value === 'bigint') return value.toString()
  const kind = value === null ? 'null' : typeof value
  throw refusal(`parameter '${name}' must be a string, a finite number, a boolean or an array of these, not ${kind}`, {
    errors: { [name]: `cannot be sent: ${kind}` },
  })
}

/** Numbers of 21 digits and more print as 1e+21, which no parser of the platform reads. */
function plainNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value)
}

function encodeText(name: string, text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw refusal(`parameter '${name}' holds half of a surrogate pair, which has no UTF-8 form`, {
      errors: { [name]: 'not well-formed Unicode' },
    })
  }
}
