export {
  compileDecoder,
  type DecodeOptions,
  type DecoderOptions,
  type Selected,
  type SelectionOf,
  type XmlDecoder,
} from './decode/compile-decoder.js'
export type { UnknownObject } from './decode/decode-context.js'
export { createDecodeReport, type DecodeReport } from './decode/report.js'
export type { XmlAttribute, XmlElement } from './element.js'
export { defaultLimits, type XmlLimits } from './limits.js'
export { defineXmlSchema, type SchemaPart, type SimpleType, type XmlSchema } from './schema/schema-part.js'
export { XmlError, type XmlErrorCode, type XmlPosition } from './xml-error.js'
