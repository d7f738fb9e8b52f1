import { refusal } from './error.js'

export type PropertyValue = string | number | boolean | undefined

/**
 * Writes a property string, as `net0` and disks have: `{ virtio: 'BC:24:11:00:00:01', bridge: 'vmbr0', firewall: true }`
 * becomes `virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1`. The value of `defaultKey` is written bare and first.
 * The format has no escaping, so values with a comma or a line break are refused (`validation`).
 */
export function writePropertyString(
  properties: Readonly<Record<string, PropertyValue>>,
  options: { readonly defaultKey?: string } = {},
): string {
  const parts: string[] = []
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const text = valueText(key, value)
    if (key === options.defaultKey && !text.includes('=')) parts.unshift(text)
    else parts.push(`${keyText(key)}=${text}`)
  }
  return parts.join(',')
}

/**
 * Reads a property string. A bare part is the value of `defaultKey`. Total: parts that fit no rule are kept under their
 * own text with an empty value, a repeated key keeps the last value. Values stay strings. The record has no prototype.
 */
export function parsePropertyString(
  text: string,
  options: { readonly defaultKey?: string } = {},
): Readonly<Record<string, string>> {
  const properties = Object.create(null) as Record<string, string> // no prototype: keys come from outside
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const equals = part.indexOf('=')
    if (equals > 0) properties[part.slice(0, equals)] = part.slice(equals + 1)
    else if (options.defaultKey !== undefined && properties[options.defaultKey] === undefined)
      properties[options.defaultKey] = part
    else properties[part] = ''
  }
  return properties
}

function keyText(key: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(key)) return key
  throw refusal(`'${key.slice(0, 40)}' is not a key of a property string: letters, digits, - and _ only`)
}

function valueText(key: string, value: string | number | boolean): string {
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
  if (text !== '' && !hasBreak(text) && (typeof value !== 'number' || Number.isFinite(value))) return text
  throw refusal(
    `the value of '${key.slice(0, 40)}' cannot stand in a property string: it is empty, or has a comma or a control character`,
    {
      errors: { [key]: 'the format has no escaping for commas and control characters' },
    },
  )
}

function hasBreak(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2c || code < 0x20 || code === 0x7f) return true
  }
  return text.trim() !== text
}
