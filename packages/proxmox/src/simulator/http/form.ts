/** Parameters of a request before validation: text from forms and queries, anything from JSON. A Map, so that no name can reach a prototype. */
export type RawParameters = Map<string, unknown>

/**
 * The platform's own form parser, with its two faults: a pair ends at `;` as well as at `&`, and of a pair only the text
 * between the first and the second `=` counts. A repeated name makes a list. Recorded from Proxmox VE 9.2.
 */
export function parseForm(text: string): RawParameters {
  const parameters: RawParameters = new Map()
  for (const pair of text.split(/[&;]/)) {
    if (pair === '') continue
    const [rawName = '', rawValue = ''] = pair.split('=')
    const name = decode(rawName)
    if (name === '') continue
    const value = decode(rawValue)
    const earlier = parameters.get(name)
    if (earlier === undefined) parameters.set(name, value)
    else parameters.set(name, Array.isArray(earlier) ? [...earlier, value] : [earlier, value])
  }
  return parameters
}

/** `+` is a space; a percent sign without two hex digits stays as it is; bytes that are no UTF-8 become replacement characters. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  const bytes: Buffer[] = []
  for (const part of spaced.split(/(%[0-9a-fA-F]{2})/)) {
    const isEscape = part.length === 3 && /^%[0-9a-fA-F]{2}$/.test(part)
    bytes.push(isEscape ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'))
  }
  return Buffer.concat(bytes).toString('utf8')
}
