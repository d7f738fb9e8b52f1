import { refusal } from './error.js'

const nodeName = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/

/**
 * Encodes one value for a path. Refuses what no encoding protects: empty values and `.` and `..`, which every URL
 * library resolves, encoded or not.
 */
export function encodePathValue(name: string, value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text === '' || text === '.' || text === '..') {
    throw refusal(`path parameter '${name}' is missing or cannot stand in a path`, {
      errors: { [name]: 'must be a non-empty string or a number, and not . or ..' },
    })
  }
  if (name === 'node' && !nodeName.test(text)) {
    throw refusal(
      `'${printable(text)}' is not a node name: use the short name that GET /nodes lists, not a host name or address`,
      {
        errors: { node: 'letters, digits and hyphens only' },
      },
    )
  }
  if (name === 'vmid' && !/^[1-9][0-9]{2,8}$/.test(text)) {
    throw refusal(`'${printable(text)}' is not a VM id`, { errors: { vmid: 'a number from 100 to 999999999' } })
  }
  try {
    return encodeURIComponent(text)
  } catch {
    throw refusal(`path parameter '${name}' holds half of a surrogate pair, which has no UTF-8 form`, {
      errors: { [name]: 'not well-formed Unicode' },
    })
  }
}

function printable(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
