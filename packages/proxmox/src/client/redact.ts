/** Parameters whose values never appear in an error: passwords, keys, tickets and one-time codes of the 9.2 API. */
const secretParameter =
  /pass(?:word|phrase)|secret|^otp$|tfa-challenge|ticket|^key$|private|token$|sshkeys|^apikey|credential/i

/** Values of secret parameters in a call, to be removed from whatever the platform echoes. */
export function secretValues(parameters: Readonly<Record<string, unknown>>): string[] {
  const values: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string' && secretParameter.test(name)) values.push(value)
  }
  return values
}

/** The text without these values, raw, percent-encoded or line by line. Values below three characters are left. */
export function redact(text: string, values: readonly string[]): string {
  let redacted = text
  for (const value of values) {
    for (const form of forms(value)) {
      if (form.length >= 3) redacted = redacted.replaceAll(form, '***')
    }
  }
  return redacted
}

function forms(value: string): string[] {
  const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : []
  return [value, encoded(value), decoded(value), ...lines]
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    return value
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
