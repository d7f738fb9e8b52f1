import { memberCoercer } from './coerce-members.js'

/**
 * How the members of an answer are brought to their declared types, as generated from the API description:
 * `b` 0/1 to boolean, `n` numeric string to number, `s` number to string, `[x]` a list of x, an object its members
 * (`*` = every member not named). Members that need nothing are not in it.
 */
export type Coercion = 'b' | 'n' | 's' | readonly [Coercion] | { readonly [key: string]: Coercion }

/** Brings a freshly parsed value to its declared types, in place, and returns it. Never throws. */
export type Coercer = (value: unknown) => unknown

/**
 * Compiles a coercion. Values that do not fit (another type, an unknown text) stay as they are, as do members that the
 * description does not know: a newer release may send them.
 */
export function compileCoercion(coercion: Coercion): Coercer {
  if (coercion === 'b') return toBoolean
  if (coercion === 'n') return toNumber
  if (coercion === 's') return toText
  if (isList(coercion)) return listCoercer(compileCoercion(coercion[0]))
  return objectCoercer(coercion)
}

function isList(coercion: Exclude<Coercion, string>): coercion is readonly [Coercion] {
  return Array.isArray(coercion)
}

function listCoercer(item: Coercer): Coercer {
  return (value) => {
    if (!Array.isArray(value)) return value
    const list: unknown[] = value
    for (let index = 0; index < list.length; index++) {
      const before = list[index]
      const after = item(before)
      if (after !== before) list[index] = after
    }
    return list
  }
}

function objectCoercer(members: { readonly [key: string]: Coercion }): Coercer {
  const named = Object.keys(members).filter((key) => key !== '*' && key !== '__proto__')
  const coerceNamed = memberCoercer(
    named,
    named.map((key) => compileCoercion(members[key] ?? {})),
  )
  const others = members['*'] === undefined ? undefined : compileCoercion(members['*'])
  const known = new Set(named)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const record = value as Record<string, unknown> // an object that is not an array
    coerceNamed(record)
    if (others !== undefined) coerceOthers(record, known, others)
    return record
  }
}

function coerceOthers(record: Record<string, unknown>, known: ReadonlySet<string>, coercer: Coercer): void {
  for (const key of Object.keys(record)) {
    // Assigning to __proto__ would change the prototype instead of the member that JSON.parse made.
    if (known.has(key) || key === '__proto__') continue
    const before = record[key]
    const after = coercer(before)
    if (after !== before) record[key] = after
  }
}

function toBoolean(value: unknown): unknown {
  if (value === 1 || value === '1') return true
  if (value === 0 || value === '0' || value === '') return false
  return value
}

function toNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) return value
  const number = Number(value)
  // An integer beyond 2^53 would silently become another one.
  return Number.isFinite(number) && (value.includes('.') || Number.isSafeInteger(number)) ? number : value
}

function toText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}
