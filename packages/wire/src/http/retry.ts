import type { WireErrorKind, WireOutcome } from './wire-error.js'

/** Failures that another attempt may well survive. */
const PASSING: ReadonlySet<WireErrorKind> = new Set(['dns', 'connect', 'proxy', 'timeout', 'reset'])

/** Would sending the same request again be both safe and sensible? Never after a mutation may have been acted upon. */
export function isRetryable(kind: WireErrorKind, outcome: WireOutcome, idempotent: boolean): boolean {
  return PASSING.has(kind) && (idempotent || outcome === 'not-sent')
}

const FIRST_DELAY_MS = 25
const LONGEST_DELAY_MS = 1_000

/** Wait before the next attempt: doubling, and spread from half to one and a half, so that many clients do not come at once. */
export function retryDelayMs(failedAttempts: number, random: number): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (failedAttempts - 1), LONGEST_DELAY_MS)
  return Math.round(delay * (0.5 + random))
}

const RANK = { 'not-sent': 0, unknown: 1, answered: 2 } as const

/** What is known after several attempts: the furthest any of them got. */
export function furthest(one: WireOutcome, other: WireOutcome): WireOutcome {
  return RANK[one] >= RANK[other] ? one : other
}
