import type { Trust } from './settings.js'

/** What a finished TLS handshake tells about the other side. */
export interface PresentedCertificate {
  readonly fingerprint256: string
  readonly fingerprint1: string
  /** Node's code when chain, dates or name are wrong; undefined when all are right. */
  readonly problem: string | undefined
}

export interface Refusal {
  readonly kind: 'tls-pin' | 'tls-untrusted'
  readonly message: string
}

/** Node's code for a certificate that names other hosts. */
export const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** Undefined when the server may be spoken to. The only place where that is decided. */
export function refusalOf(trust: Trust, presented: PresentedCertificate, host: string): Refusal | undefined {
  if (trust.anything) return undefined
  const pinned = trust.pins256.length + trust.pins1.length > 0
  if (!pinned) return presented.problem === undefined ? undefined : untrusted(presented, host)
  if (!fits(trust.pins256, presented.fingerprint256) || !fits(trust.pins1, presented.fingerprint1)) {
    return wrongPin(trust, presented, host)
  }
  // The pin says which server this is, so its name may be anything; a CA given beside it must still have signed.
  const chainMatters = trust.ca.length > 0 && presented.problem !== undefined && presented.problem !== WRONG_NAME
  return chainMatters ? untrusted(presented, host) : undefined
}

function fits(pins: readonly string[], fingerprint: string): boolean {
  return pins.length === 0 || pins.includes(fingerprint)
}

function wrongPin(trust: Trust, presented: PresentedCertificate, host: string): Refusal {
  const sha256Wrong = !fits(trust.pins256, presented.fingerprint256)
  const field = sha256Wrong ? 'fingerprint256' : 'fingerprint1'
  const shown = sha256Wrong ? presented.fingerprint256 : presented.fingerprint1
  return {
    kind: 'tls-pin',
    message:
      `${host} presented a certificate that is not the pinned one: its ${sha256Wrong ? 'SHA-256' : 'SHA-1'} fingerprint is ` +
      `${shown}. Nothing was sent. Compare it with the fingerprint shown on the server itself (its console or web ` +
      `interface); if they agree, the certificate was renewed: set ${field} to it. If not, somebody stands in between`,
  }
}

const REASONS: Readonly<Record<string, string>> = {
  [WRONG_NAME]: 'it was issued for other names',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not among the trusted ones',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not among the trusted ones',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not among the trusted ones',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not among the trusted ones',
}

function untrusted(presented: PresentedCertificate, host: string): Refusal {
  const problem = presented.problem ?? 'unknown'
  return {
    kind: 'tls-untrusted',
    message:
      `the certificate of ${host} is not trusted: ${REASONS[problem] ?? 'its check failed'} (${problem}). Nothing was sent. ` +
      `Give the certificate of its authority as ca, or, after comparing it with the one shown on the server itself, pin ` +
      `its SHA-256 fingerprint: fingerprint256: "${presented.fingerprint256}"`,
  }
}
