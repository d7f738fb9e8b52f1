export {
  compileDecoder,
  type DecodeOptions,
  type DecoderOptions,
  type Selected,
  type SelectionOf,
  type XmlDecoder,
} from './decode/compile-decoder.js'
export type { UnknownObject } from './decode/decode-context.js'
export {
  createItemScanner,
  type DecodeItemsOptions,
  decodeItems,
  type ItemScanner,
  type ItemStream,
} from './decode/decode-items.js'
export { createDecodeReport, type DecodeReport } from './decode/report.js'
export type { XmlAttribute, XmlElement } from './element.js'
export { compileEncoder, type EncoderOptions, soapBindings, type XmlEncoder } from './encode/compile-encoder.js'
export { type TypedValue, typedValue } from './encode/encode-any.js'
export { XmlEncodeError } from './encode/encode-error.js'
export { canCarry, escapeAttribute, escapeText } from './encode/escape.js'
export { type WriteXmlOptions, writeXml } from './encode/write-element.js'
export type { XmlInput } from './encode/xml-input.js'
export { type KnownPart, knownPart } from './known-part.js'
export { defaultLimits, type XmlLimits } from './limits.js'
export { extractElement } from './patch/extract-element.js'
export { XmlPatchError } from './patch/patch-error.js'
export { type Changes, type ListChanges, type PatchOptions, patchValue } from './patch/patch-value.js'
export { patchXml, type XmlEdit } from './patch/patch-xml.js'
export { parseXml } from './read/parse-xml.js'
export { createXmlReader, type XmlEvent, type XmlReader, type XmlReaderOptions } from './read/xml-reader.js'
export type { DocumentOptions } from './scan/open-document.js'
export {
  type AtomEntry,
  type AtomFeed,
  type AtomLink,
  type AtomTypes,
  atomUri,
  createAtomPart,
  type NamedContent,
  type SoapFault,
  type SoapTypes,
  soapPart,
  soapUri,
} from './schema/common-parts.js'
export { defineXmlSchema, type SchemaPart, type SimpleType, type XmlSchema } from './schema/schema-part.js'
export { indexOfSchema, type Row, type SchemaIndex, type TypeTable } from './schema/type-table.js'
export { XmlError, type XmlErrorCode, type XmlPosition } from './xml-error.js'
