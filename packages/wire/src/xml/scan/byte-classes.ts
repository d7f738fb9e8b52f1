/** What a byte of text means to the reader; 0 is "plain, go on". */
export const text = { plain: 0, open: 1, ampersand: 2, bracket: 3, carriageReturn: 4, control: 5, nonAscii: 6 } as const

/** What a byte of an attribute value means; quotes are classes of their own, because only one of the two ends the value. */
export const attribute = {
  plain: 0,
  doubleQuote: 1,
  singleQuote: 2,
  open: 3,
  ampersand: 4,
  whiteSpace: 5,
  control: 6,
  nonAscii: 7,
} as const

/** What a byte of a name means; 0 ends the name. */
export const name = { end: 0, start: 1, part: 2, colon: 3, nonAscii: 4 } as const

export const textClass: Uint8Array = buildTextClass()
export const attributeClass: Uint8Array = buildAttributeClass()
export const nameClass: Uint8Array = buildNameClass()

function buildTextClass(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(text.control, 0, 0x20)
  table.fill(text.nonAscii, 0x80)
  table[0x09] = text.plain
  table[0x0a] = text.plain
  table[0x0d] = text.carriageReturn
  table[0x26] = text.ampersand
  table[0x3c] = text.open
  table[0x5d] = text.bracket
  return table
}

function buildAttributeClass(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(attribute.control, 0, 0x20)
  table.fill(attribute.nonAscii, 0x80)
  table[0x09] = attribute.whiteSpace
  table[0x0a] = attribute.whiteSpace
  table[0x0d] = attribute.whiteSpace
  table[0x22] = attribute.doubleQuote
  table[0x26] = attribute.ampersand
  table[0x27] = attribute.singleQuote
  table[0x3c] = attribute.open
  return table
}

function buildNameClass(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(name.nonAscii, 0x80)
  table.fill(name.start, 0x41, 0x5b)
  table.fill(name.start, 0x61, 0x7b)
  table.fill(name.part, 0x30, 0x3a)
  table[0x2d] = name.part
  table[0x2e] = name.part
  table[0x3a] = name.colon
  table[0x5f] = name.start
  return table
}

/** XML white space: blank, tab, line feed, carriage return. */
export function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d
}
