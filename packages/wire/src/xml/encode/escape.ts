// What XML 1.0 cannot carry at all: control characters, halves of surrogate pairs, U+FFFE and U+FFFF.
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** True when the text can stand in an XML document, escaped where needed. */
export function canCarry(text: string): boolean {
  return !forbidden.test(text)
}

const special = /[&<>"'\t\n\r]/

/** Text for element content: markup escaped, carriage returns kept by reference. */
export function escapeText(text: string): string {
  if (!special.test(text)) return text
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
}

/** Text for an attribute value in double quotes; white space characters are kept by reference. */
export function escapeAttribute(text: string): string {
  if (!special.test(text)) return text
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;')
}
