/**
 * The shape of a JSON value: keys and types, no values. A list becomes the set of its members' shapes, so that order and
 * number do not count; `optional` keys are left out wherever they stand.
 */
export function shapeOf(value: unknown, optional: ReadonlySet<string> = new Set()): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) {
    const shapes = new Set(value.map((member) => JSON.stringify(shapeOf(member, optional))))
    return [...shapes].sort()
  }
  if (typeof value !== 'object') return typeof value
  const entries = Object.entries(value).filter(([key]) => !optional.has(key))
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, shapeOf(member, optional)]))
}
