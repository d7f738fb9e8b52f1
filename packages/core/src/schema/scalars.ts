import { didYouMean } from './nearest.js'
import { invalid, type Schema, schema } from './schema.js'

export interface StringRules {
  /** Default 1. */
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: RegExp
  /** What the pattern demands, in words: it stands in the message. */
  readonly patternSays?: string
}

/** A text, by default not an empty one. */
export function string(rules: StringRules = {}): Schema<string> {
  return schema(
    'a text',
    (value) => (typeof value === 'string' ? 1 : 0),
    (value, path, report) => {
      const wrong = typeof value === 'string' ? wrongText(value, rules) : 'must be a text'
      if (wrong === undefined && typeof value === 'string') return value
      report(path, wrong ?? 'must be a text')
      return invalid
    },
  )
}

function wrongText(value: string, rules: StringRules): string | undefined {
  const { minLength = 1, maxLength = Number.POSITIVE_INFINITY, pattern, patternSays } = rules
  if (value.length < minLength)
    return minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`
  if (value.length > maxLength) return `must have at most ${maxLength} characters, not ${value.length}`
  if (pattern && !pattern.test(value)) return patternSays ?? `must match ${pattern}`
  return undefined
}

export interface NumberRules {
  readonly min?: number
  readonly max?: number
}

/** A finite number. */
export function number(rules: NumberRules = {}): Schema<number> {
  return numeric('a number', rules, Number.isFinite)
}

/** A whole number that is exact in JavaScript. */
export function integer(rules: NumberRules = {}): Schema<number> {
  return numeric('a whole number', rules, Number.isSafeInteger)
}

function numeric(expects: string, rules: NumberRules, check: (value: unknown) => boolean): Schema<number> {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rules
  const range = rangeText(rules)
  return schema(
    expects + range,
    (value) => (typeof value === 'number' ? 1 : 0),
    (value, path, report) => {
      if (typeof value === 'number' && check(value) && value >= min && value <= max) return value
      report(path, `must be ${expects}${range}`)
      return invalid
    },
  )
}

function rangeText({ min, max }: NumberRules): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

/** `true` or `false`; no word for them is taken. */
export function boolean(): Schema<boolean> {
  return schema(
    'true or false',
    (value) => (typeof value === 'boolean' ? 1 : 0),
    (value, path, report) => {
      if (typeof value === 'boolean') return value
      report(path, 'must be true or false')
      return invalid
    },
  )
}

/** One of these words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words): Schema<Words[number]> {
  const expects = words.map((word) => `'${word}'`).join(' or ')
  const find = (value: unknown): Words[number] | undefined => words.find((word) => word === value)
  return schema<Words[number]>(
    expects,
    (value) => (find(value) === undefined ? 0 : 2),
    (value, path, report) => {
      const word = find(value)
      if (word !== undefined) return word
      report(path, `must be ${expects}${typeof value === 'string' ? didYouMean(value, words) : ''}`)
      return invalid
    },
  )
}
