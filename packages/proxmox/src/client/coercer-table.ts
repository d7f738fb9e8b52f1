import { type Coercer, compileCoercion } from './coerce.js'

export type CoercerLookup = (key: string) => Coercer | undefined

let table: Promise<CoercerLookup> | undefined

/** The generated coercions, loaded at the first answer and compiled at the first answer of each operation. */
export function loadCoercers(): Promise<CoercerLookup> {
  table ??= import('../generated/coercions.js').then(({ coercions }) => {
    const compiled = new Map<string, Coercer | undefined>()
    return (key) => {
      if (compiled.has(key)) return compiled.get(key)
      const coercion = Object.hasOwn(coercions, key) ? coercions[key] : undefined
      const coercer = coercion === undefined ? undefined : compileCoercion(coercion)
      compiled.set(key, coercer)
      return coercer
    }
  })
  return table
}
