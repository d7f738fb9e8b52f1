/**
 * A writer for the part of DER (ITU-T X.690) that an X.509 certificate needs.
 * Every function returns one complete element: tag, length, content.
 */

const TAG_BOOLEAN = 0x01
const TAG_INTEGER = 0x02
const TAG_BIT_STRING = 0x03
const TAG_OCTET_STRING = 0x04
const TAG_OBJECT_IDENTIFIER = 0x06
const TAG_UTF8_STRING = 0x0c
const TAG_UTC_TIME = 0x17
const TAG_GENERALIZED_TIME = 0x18
const TAG_SEQUENCE = 0x30
const TAG_SET = 0x31
const TAG_CONTEXT = 0x80
const TAG_CONSTRUCTED = 0x20

/** One element from its tag and its content octets; lengths in the shortest form, as DER demands. */
export function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content])
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Buffer.from([0x80 | octets.length, ...octets])
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG_SEQUENCE, Buffer.concat(elements))
}

/** A SET OF with a single member, the only form used here: more members would need sorting. */
export function setOfOne(member: Uint8Array): Buffer {
  return element(TAG_SET, member)
}

/** A non-negative INTEGER from big-endian octets: leading zeros go, one comes back where the top bit would read as a sign. */
export function unsignedInteger(octets: Uint8Array): Buffer {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start += 1
  const trimmed = octets.subarray(start)
  const first = trimmed[0] ?? 0
  if (trimmed.length === 0) return element(TAG_INTEGER, Buffer.from([0]))
  return element(TAG_INTEGER, first >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed)
}

export function boolean(value: boolean): Buffer {
  return element(TAG_BOOLEAN, Buffer.from([value ? 0xff : 0x00]))
}

export function octetString(content: Uint8Array): Buffer {
  return element(TAG_OCTET_STRING, content)
}

/** A BIT STRING; `unusedBits` counts the padding bits in the last octet. */
export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG_BIT_STRING, Buffer.concat([Buffer.from([unusedBits]), content]))
}

export function utf8String(text: string): Buffer {
  return element(TAG_UTF8_STRING, Buffer.from(text, 'utf8'))
}

/** An OBJECT IDENTIFIER from its dotted form, for example `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number)
  const [first = Number.NaN, second = Number.NaN, ...others] = arcs
  if (arcs.some((arc) => !Number.isSafeInteger(arc) || arc < 0) || first > 2 || (first < 2 && second > 39)) {
    throw new RangeError(`"${dotted}" is not an object identifier: write it as dotted numbers, for example 2.5.4.3`)
  }
  return element(TAG_OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...others].flatMap(base128)))
}

function base128(arc: number): number[] {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return octets
}

/** A point in time to the second; UTCTime until 2049 and GeneralizedTime from 2050, as RFC 5280 section 4.1.2.5 demands. */
export function time(at: Date): Buffer {
  const year = at.getUTCFullYear()
  if (Number.isNaN(year) || year < 1950 || year > 9999) {
    throw new RangeError('a certificate date must lie between the years 1950 and 9999')
  }
  const digits = at.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  if (year < 2050) return element(TAG_UTC_TIME, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
  return element(TAG_GENERALIZED_TIME, Buffer.from(`${digits}Z`, 'latin1'))
}

/** `[number] EXPLICIT`: wraps a complete element. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return element(TAG_CONTEXT | TAG_CONSTRUCTED | number, content)
}

/** `[number] IMPLICIT` of a primitive: replaces the tag, so `content` is bare octets. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return element(TAG_CONTEXT | number, content)
}

/** PEM armour around a DER document. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
