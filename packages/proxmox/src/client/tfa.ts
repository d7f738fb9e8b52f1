import { ProxmoxError, refusal } from './error.js'

/** Second factors that the account has, as the login's answer tells. */
export interface TfaChallenge {
  /** `totp`, `recovery`, `yubico`, `webauthn`, `u2f` */
  readonly factors: readonly string[]
  /** The challenge as sent: webauthn and u2f need its members. */
  readonly challenge: Readonly<Record<string, unknown>>
}

/**
 * A second factor: the code (`123456`, or with its kind: `recovery:abcd-...`), or a function that is asked when the
 * platform wants one. A code is good for one login, so long-lived clients need the function.
 */
export type OneTimePassword = string | ((challenge: TfaChallenge) => string | Promise<string>)

/**
 * Reads the challenge out of a half-done login's ticket: `PVE:!tfa!<percent-encoded JSON>:...` (Proxmox VE 7.4 to 9.2).
 * Total: a ticket of another form gives a challenge without factors.
 */
export function readTfaChallenge(ticket: string): TfaChallenge {
  const encoded = /!tfa!([^:]*)/.exec(ticket)?.[1] ?? ''
  const challenge = parse(encoded)
  const factors = Object.entries(challenge)
    .filter(([, value]) => value !== null && value !== false && value !== '')
    .map(([factor]) => factor)
  return { factors, challenge }
}

/** The answer to a challenge with its kind in front. A bare code is taken for a `totp` one, or the only factor there is. */
export async function answerTfa(
  otp: OneTimePassword | undefined,
  challenge: TfaChallenge,
  account: { readonly host: string; readonly username: string },
): Promise<string> {
  const factors = challenge.factors.join(', ') || 'unknown'
  if (otp === undefined) {
    throw new ProxmoxError({
      kind: 'tfa-required',
      message: `${account.host} wants a second factor for ${account.username} (${factors}): give auth.otp, or use an API token`,
      outcome: 'not-started',
      retryable: false,
      host: account.host,
      factors: challenge.factors,
    })
  }
  const answer: unknown = typeof otp === 'function' ? await otp(challenge) : otp
  if (typeof answer !== 'string' || answer === '') throw refusal('auth.otp gave no code')
  if (/^(?:totp|recovery|yubico|webauthn|u2f):/.test(answer)) return answer
  const kind = challenge.factors.includes('totp') ? 'totp' : (challenge.factors[0] ?? 'totp')
  return `${kind}:${answer}`
}

function parse(encoded: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decodeURIComponent(encoded))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
