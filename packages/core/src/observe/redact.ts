import type { Json } from '../json.js'

/**
 * A JSON copy of an input that was checked, with every inline or sealed secret replaced. References to secrets stay:
 * they tell where a secret lies, not what it is.
 */
export function withoutSecrets(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return null
  if ('secretValue' in value || 'sealedPath' in value) return '[secret]'
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutSecrets(member)]))
}
