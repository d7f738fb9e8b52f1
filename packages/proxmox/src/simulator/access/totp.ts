import { createHmac, timingSafeEqual } from 'node:crypto'

const STEP_SECONDS = 30
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The six-digit code of a base32 secret at a time (RFC 6238, SHA-1, 30 s). */
export function totpCode(secret: string, seconds: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / STEP_SECONDS)))
  const digest = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0x0f
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** Also takes the code just before and just after, so that clocks may differ a little. */
export function isTotpCode(secret: string, code: string, seconds: number): boolean {
  return [-STEP_SECONDS, 0, STEP_SECONDS].some((drift) => sameText(totpCode(secret, seconds + drift), code))
}

/** Compares without telling by its duration where two texts differ. */
export function sameText(expected: string, given: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(given)
  return left.length === right.length && timingSafeEqual(left, right)
}

function decodeBase32(text: string): Buffer {
  let bits = ''
  for (const character of text.toUpperCase().replaceAll('=', '')) {
    const index = alphabet.indexOf(character)
    if (index < 0) throw new RangeError('a TOTP secret is base32: letters A to Z and digits 2 to 7')
    bits += index.toString(2).padStart(5, '0')
  }
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
