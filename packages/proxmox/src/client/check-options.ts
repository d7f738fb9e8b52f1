import type { ProxmoxAuth } from './client-options.js'
import { refusal } from './error.js'

/** Node fires longer timers at once. */
const longestTimerMs = 2 ** 31 - 1

/** Refuses a time limit that no timer can keep. */
export function checkTimeout(timeoutMs: number | undefined, operation?: string): void {
  if (timeoutMs === undefined || (timeoutMs >= 1 && timeoutMs <= longestTimerMs)) return
  const problem = `must be milliseconds from 1 to ${longestTimerMs}; leave it out for the default`
  throw refused('timeoutMs', problem, operation)
}

/** Refuses what is no credentials at all, as JavaScript and a forgotten setting can give. */
export function checkAuth(auth: ProxmoxAuth | undefined | null): asserts auth is ProxmoxAuth {
  if (typeof auth === 'object' && auth !== null) return
  throw refused('auth', 'is missing: give { tokenId, secret } of an API token, or { username, password }')
}

function refused(field: string, problem: string, operation?: string): Error {
  const message = `${operation === undefined ? '' : `${operation}: `}${field} ${problem}`
  return refusal(message, { errors: { [field]: problem }, ...(operation !== undefined && { operation }) })
}
