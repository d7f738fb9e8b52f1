import { createHash, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import * as der from './der.js'

/** What goes into an X.509 v3 certificate with an ECDSA P-256 key, signed with SHA-256. */
export interface CertificateContent {
  readonly subject: string
  readonly issuer: string
  /** Big-endian octets, read as a positive number. */
  readonly serial: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  readonly isAuthority: boolean
  /** DNS names and IP addresses of the subject alternative name; empty for an authority. */
  readonly names: readonly string[]
}

const OID_COMMON_NAME = '2.5.4.3'
const OID_ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const OID_SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
const OID_KEY_USAGE = '2.5.29.15'
const OID_SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const OID_BASIC_CONSTRAINTS = '2.5.29.19'
const OID_AUTHORITY_KEY_IDENTIFIER = '2.5.29.35'
const OID_EXTENDED_KEY_USAGE = '2.5.29.37'
const OID_SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'

/** Key usage bits, first bit leftmost (RFC 5280 section 4.2.1.3). */
const KEY_USAGE_DIGITAL_SIGNATURE = der.bitString(Buffer.from([0b1000_0000]), 7)
const KEY_USAGE_SIGN_CERTIFICATES_AND_LISTS = der.bitString(Buffer.from([0b0000_0110]), 1)

/** Builds and signs a certificate; the result is PEM. */
export function signCertificate(content: CertificateContent, issuerKey: KeyObject): string {
  const algorithm = der.sequence(der.objectIdentifier(OID_ECDSA_WITH_SHA256))
  const body = der.sequence(
    der.explicit(0, der.unsignedInteger(Buffer.from([2]))), // version 3
    der.unsignedInteger(content.serial),
    algorithm,
    commonName(content.issuer),
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    commonName(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions(content))),
  )
  return der.pem('CERTIFICATE', der.sequence(body, algorithm, der.bitString(sign('sha256', body, issuerKey))))
}

function commonName(text: string): Buffer {
  return der.sequence(der.setOfOne(der.sequence(der.objectIdentifier(OID_COMMON_NAME), der.utf8String(text))))
}

function extensions(content: CertificateContent): Buffer[] {
  const identifiers = [
    extension(OID_SUBJECT_KEY_IDENTIFIER, der.octetString(keyIdentifier(content.publicKey))),
    extension(OID_AUTHORITY_KEY_IDENTIFIER, der.sequence(der.implicit(0, keyIdentifier(content.issuerPublicKey)))),
  ]
  if (content.isAuthority) {
    return [
      criticalExtension(OID_BASIC_CONSTRAINTS, der.sequence(der.boolean(true))),
      criticalExtension(OID_KEY_USAGE, KEY_USAGE_SIGN_CERTIFICATES_AND_LISTS),
      ...identifiers,
    ]
  }
  return [
    criticalExtension(OID_BASIC_CONSTRAINTS, der.sequence()),
    criticalExtension(OID_KEY_USAGE, KEY_USAGE_DIGITAL_SIGNATURE),
    extension(OID_EXTENDED_KEY_USAGE, der.sequence(der.objectIdentifier(OID_SERVER_AUTHENTICATION))),
    ...identifiers,
    extension(OID_SUBJECT_ALTERNATIVE_NAME, der.sequence(...content.names.map(generalName))),
  ]
}

function extension(identifier: string, value: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(identifier), der.octetString(value))
}

function criticalExtension(identifier: string, value: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(identifier), der.boolean(true), der.octetString(value))
}

/** Any value unique to the key will do (RFC 5280 section 4.2.1.2); 20 octets of SHA-256 over the public key. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
}

const GENERAL_NAME_DNS = 2
const GENERAL_NAME_IP = 7

function generalName(name: string): Buffer {
  if (isIP(name) !== 0) return der.implicit(GENERAL_NAME_IP, addressOctets(name))
  if (!/^[\x21-\x7e]+$/.test(name)) {
    throw new RangeError(`"${name}" cannot stand in a certificate: give a host name in ASCII or an IP address`)
  }
  return der.implicit(GENERAL_NAME_DNS, Buffer.from(name, 'latin1'))
}

/** The 4 or 16 octets of an IP address in text form. */
export function addressOctets(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  if (isIP(address) !== 6 || address.includes('%')) {
    throw new RangeError(`"${address}" is not an IP address without a zone`)
  }
  // The URL parser knows every spelling of an IPv6 address and prints one: hexadecimal groups with at most one `::`.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
