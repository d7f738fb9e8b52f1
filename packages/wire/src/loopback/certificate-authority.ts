import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { signCertificate } from './certificate.js'

export interface IssuedCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** SHA-256 of the certificate as `AA:BB:..`. */
  readonly fingerprint256: string
  /** SHA-1 of the certificate as `AA:BB:..`: the thumbprint vSphere shows. */
  readonly fingerprint1: string
}

export interface IssueOptions {
  /** Default: an hour ago, so that clocks may differ. */
  readonly notBefore?: Date
  /** Default: in ten years. */
  readonly notAfter?: Date
  /** Big-endian octets; default: 16 random ones. */
  readonly serial?: Uint8Array
}

export interface CertificateAuthority {
  readonly certificatePem: string
  /** A server certificate for these DNS names and IP addresses; the first is also the subject. */
  issue(names: readonly string[], options?: IssueOptions): IssuedCertificate
}

const HOUR_MS = 3_600_000
const TEN_YEARS_MS = 10 * 365 * 24 * HOUR_MS

/** A certificate authority that lives in memory, for tests and simulators: ECDSA P-256, new keys each time. */
export function createCertificateAuthority(commonName: string): CertificateAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificatePem = signCertificate(
    {
      subject: commonName,
      issuer: commonName,
      serial: randomSerial(),
      ...validity({}),
      publicKey: authority.publicKey,
      issuerPublicKey: authority.publicKey,
      isAuthority: true,
      names: [],
    },
    authority.privateKey,
  )

  function issue(names: readonly string[], options: IssueOptions = {}): IssuedCertificate {
    const [subject] = names
    if (subject === undefined) throw new RangeError('a server certificate needs at least one name')
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const issued = signCertificate(
      {
        subject,
        issuer: commonName,
        serial: options.serial ?? randomSerial(),
        ...validity(options),
        publicKey: pair.publicKey,
        issuerPublicKey: authority.publicKey,
        isAuthority: false,
        names,
      },
      authority.privateKey,
    )
    const parsed = new X509Certificate(issued)
    return {
      certificatePem: issued,
      privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      fingerprint256: parsed.fingerprint256,
      fingerprint1: parsed.fingerprint,
    }
  }

  return { certificatePem, issue }
}

function randomSerial(): Uint8Array {
  const serial = randomBytes(16)
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f) // positive and never shortened
  return serial
}

function validity(options: IssueOptions): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: options.notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfter: options.notAfter ?? new Date(Date.now() + TEN_YEARS_MS),
  }
}
