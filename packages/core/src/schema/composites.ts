import { didYouMean } from './nearest.js'
import { invalid, type OutputOf, type Schema, schema } from './schema.js'
import { unknownFields } from './unknown-fields.js'

/** A member of an object that may be absent. */
export interface OptionalSchema<Output> extends Schema<Output> {
  readonly optional: true
}

/** The schemas of an object's members. */
export interface Shape {
  readonly [key: string]: Schema<unknown>
}

type OptionalKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends OptionalSchema<unknown> ? K : never
}[keyof S]

/** The type of an object with these members. */
export type ObjectOf<S extends Shape> = {
  readonly [K in keyof ({ [R in Exclude<keyof S, OptionalKeys<S>>]: unknown } & {
    [O in OptionalKeys<S>]?: unknown
  })]: OutputOf<S[K]>
}

/** The member may be absent (or undefined, which means the same). */
export function optional<Output>(member: Schema<Output>): OptionalSchema<Output> {
  return { ...member, optional: true }
}

/** An object with these members and no others: an unknown one is a problem, with the name that was probably meant. */
export function object<S extends Shape>(shape: S): Schema<ObjectOf<S>> {
  const keys = Object.keys(shape)
  const shown = keys.map((key) => {
    const member = shape[key]
    return `${key}${member && isOptional(member) ? '?' : ''}${member?.expects.startsWith("'") ? `: ${member.expects}` : ''}`
  })
  return schema<ObjectOf<S>>(
    keys.length === 0 ? 'an empty object' : `{ ${shown.join(', ')} }`,
    (value) =>
      isObject(value)
        ? keys.reduce((sum, key) => sum + (Object.hasOwn(value, key) ? (shape[key]?.fit(value[key]) ?? 0) : 0), 1)
        : 0,
    (value, path, report) => {
      if (!isObject(value)) {
        report(path, `must be an object${keys.length === 0 ? '' : `: { ${shown.join(', ')} }`}`)
        return invalid
      }
      const unknown = unknownFields(value, keys)
      for (const { path: key, message } of unknown) report([...path, key], message)
      let good = unknown.length === 0
      const members: [string, unknown][] = []
      for (const key of keys) {
        const member = shape[key]
        if (!member) continue
        const given = Object.hasOwn(value, key) ? value[key] : undefined
        if (given === undefined && isOptional(member)) continue
        if (given === undefined) {
          report([...path, key], `is missing; give ${member.expects}`)
          good = false
          continue
        }
        const output = member.read(given, [...path, key], report)
        if (output === invalid) good = false
        else members.push([key, output])
      }
      // Exactly the members of the shape were read, each by its own schema.
      return good ? (Object.fromEntries(members) as ObjectOf<S>) : invalid
    },
  )
}

/** An object with any keys and values of one schema. */
export function dictionary<Output>(values: Schema<Output>): Schema<{ readonly [key: string]: Output }> {
  return schema<{ readonly [key: string]: Output }>(
    `an object of any keys, each with ${values.expects}`,
    (value) => (isObject(value) ? 1 : 0),
    (value, path, report) => {
      if (!isObject(value)) {
        report(path, 'must be an object')
        return invalid
      }
      let good = true
      const members: [string, Output][] = []
      for (const [key, given] of Object.entries(value)) {
        if (given === undefined) continue
        const output = values.read(given, [...path, key], report)
        if (output === invalid) good = false
        else members.push([key, output])
      }
      return good ? Object.fromEntries(members) : invalid
    },
  )
}

/** A list with items of one schema. */
export function array<Output>(
  items: Schema<Output>,
  rules: { readonly minLength?: number; readonly maxLength?: number } = {},
): Schema<readonly Output[]> {
  const { minLength = 0, maxLength = 10_000 } = rules
  return schema<readonly Output[]>(
    `a list, each with ${items.expects}`,
    (value) => (Array.isArray(value) ? 1 : 0),
    (value, path, report) => {
      if (!Array.isArray(value) || value.length < minLength || value.length > maxLength) {
        const length = minLength > 0 ? `${minLength} to ${maxLength}` : `at most ${maxLength}`
        report(path, Array.isArray(value) ? `must have ${length} items` : 'must be a list')
        return invalid
      }
      const outputs: Output[] = []
      for (const [index, given] of value.entries()) {
        const output = items.read(given, [...path, index], report)
        if (output !== invalid) outputs.push(output)
      }
      return outputs.length === value.length ? outputs : invalid
    },
  )
}

/** The first of several schemas that takes the value. What is wrong is told by the one that fits it best. */
export function oneOf<const Alternatives extends readonly Schema<unknown>[]>(
  ...alternatives: Alternatives
): Schema<OutputOf<Alternatives[number]>> {
  const expects = alternatives.map((alternative) => alternative.expects).join(' or ')
  const fits = (value: unknown) => alternatives.map((alternative) => alternative.fit(value))
  return schema<OutputOf<Alternatives[number]>>(
    expects,
    (value) => Math.max(0, ...fits(value)),
    (value, path, report) => {
      for (const alternative of alternatives) {
        const output = alternative.read(value, path, () => {})
        // What an alternative gives is one of the alternatives' outputs.
        if (output !== invalid) return output as OutputOf<Alternatives[number]>
      }
      const scores = fits(value)
      const best = Math.max(0, ...scores)
      const chosen = alternatives.filter((_, index) => scores[index] === best)
      if (best > 0 && chosen.length === 1) chosen[0]?.read(value, path, report)
      else report(path, `must be ${expects}`)
      return invalid
    },
  )
}

/** Objects told apart by the word in one of their members. */
export function variants<const S extends { readonly [word: string]: Schema<object> }>(
  key: string,
  shapes: S,
): Schema<OutputOf<S[keyof S]>> {
  const words = Object.keys(shapes)
  const expects = words.map((word) => `'${word}'`).join(' or ')
  return schema<OutputOf<S[keyof S]>>(
    `{ ${key}: ${expects}, ... }`,
    (value) => (isObject(value) ? 1 : 0),
    (value, path, report) => {
      const word = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
      const shape = typeof word === 'string' && Object.hasOwn(shapes, word) ? shapes[word] : undefined
      // The shape is one of `shapes`, so its output is one of theirs.
      if (shape) return shape.read(value, path, report) as OutputOf<S[keyof S]> | typeof invalid
      const hint = typeof word === 'string' ? didYouMean(word, words) : ''
      if (isObject(value)) report([...path, key], `must be ${expects}${hint}`)
      else report(path, `must be an object with a '${key}': ${expects}`)
      return invalid
    },
  )
}

function isOptional(member: Schema<unknown>): boolean {
  return 'optional' in member
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
