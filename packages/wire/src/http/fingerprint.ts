const HEX_DIGITS = { fingerprint256: 64, fingerprint1: 40 } as const

/** The form `AA:BB:..` of a fingerprint written in either case, with or without colons. */
export function normalizeFingerprint(field: keyof typeof HEX_DIGITS, text: string): string {
  const hex = text.trim().replaceAll(':', '').toUpperCase()
  const digits = HEX_DIGITS[field]
  if (hex.length !== digits || !/^[0-9A-F]+$/.test(hex)) {
    throw new TypeError(
      `${field} must be ${digits} hexadecimal digits, with or without colons, for example ` +
        `"AB:CD:..": ${field === 'fingerprint256' ? 'the SHA-256' : 'the SHA-1'} fingerprint of the server's certificate`,
    )
  }
  return (hex.match(/../g) ?? []).join(':')
}

export function normalizeFingerprints(
  field: keyof typeof HEX_DIGITS,
  value: string | readonly string[] | undefined,
): readonly string[] {
  if (value === undefined) return []
  const texts = typeof value === 'string' ? [value] : value
  if (texts.length === 0)
    throw new TypeError(`${field} is an empty list: give at least one fingerprint, or leave it out`)
  return texts.map((text) => normalizeFingerprint(field, text))
}
