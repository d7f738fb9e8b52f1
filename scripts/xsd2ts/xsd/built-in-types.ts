import type { Primitive } from '../model/schema-model.js'

/** What the types of XML Schema itself are read as; `text` is what the configuration makes of `xs:string`. */
const builtIn: Readonly<Record<string, Primitive | 'text'>> = {
  string: 'text',
  normalizedString: 'text',
  boolean: 'boolean',
  byte: 'byte',
  short: 'short',
  unsignedByte: 'short',
  int: 'int',
  unsignedShort: 'int',
  long: 'long',
  unsignedInt: 'long',
  unsignedLong: 'long',
  integer: 'long',
  nonNegativeInteger: 'long',
  positiveInteger: 'long',
  nonPositiveInteger: 'long',
  negativeInteger: 'long',
  float: 'double',
  double: 'double',
  decimal: 'token',
  dateTime: 'dateTime',
  base64Binary: 'base64',
  anyType: 'any',
  anySimpleType: 'any',
}
const otherTexts: ReadonlySet<string> = new Set(
  'token language Name NCName NMTOKEN NMTOKENS ID IDREF IDREFS ENTITY ENTITIES QName NOTATION anyURI hexBinary date time duration gYear gYearMonth gMonth gMonthDay gDay'.split(
    ' ',
  ),
)

/** The kind of a type of XML Schema, undefined when it has none of that name. */
export function builtInKind(name: string, text: 'string' | 'token'): Primitive | undefined {
  const kind = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined
  if (kind === 'text') return text
  return kind ?? (otherTexts.has(name) ? 'token' : undefined)
}
