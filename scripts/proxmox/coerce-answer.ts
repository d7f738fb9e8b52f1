import type { Coercion } from './emit-coercions.js'

/**
 * The reference of what the coercion table means: changes what the table names, keeps every key and every value it
 * cannot change. The client has its own, faster one.
 */
export function coerceAnswer(value: unknown, coercion: Coercion | undefined): unknown {
  if (coercion === undefined || value === null || value === undefined) return value
  if (coercion === 'b') return toBoolean(value)
  if (coercion === 'n') return toNumber(value)
  if (coercion === 's') return typeof value === 'number' ? String(value) : value
  if (isItems(coercion)) return Array.isArray(value) ? value.map((item) => coerceAnswer(item, coercion[0])) : value
  if (typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const own = Object.hasOwn(coercion, key) ? coercion[key] : coercion['*']
      return [key, coerceAnswer(member, own)]
    }),
  )
}

function isItems(coercion: Coercion): coercion is readonly [Coercion] {
  return Array.isArray(coercion)
}

function toBoolean(value: unknown): unknown {
  if (value === 1 || value === '1') return true
  if (value === 0 || value === '0' || value === '') return false
  return value
}

function toNumber(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value
  const number = Number(value)
  return Number.isFinite(number) ? number : value
}
