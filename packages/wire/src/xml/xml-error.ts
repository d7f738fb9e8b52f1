/**
 * Why a document was refused.
 * - `syntax`: not well-formed XML 1.0 with namespaces.
 * - `unterminated`: the input ended inside a construct.
 * - `doctype`: a document type declaration, which is never accepted.
 * - `encoding`: not UTF-8, ISO-8859-1 or ASCII, or bytes that are not valid in the encoding.
 * - `limit`: a limit of `XmlLimits` was passed; the message names it.
 * - `schema`: well-formed, but not what the schema allows (a word where a number must stand, a wrong root element).
 */
export type XmlErrorCode = 'syntax' | 'unterminated' | 'doctype' | 'encoding' | 'limit' | 'schema'

export interface XmlPosition {
  /** Bytes from the start of the input, from 0. */
  readonly offset: number
  /** Lines from 1. */
  readonly line: number
  /** Bytes from the start of the line, from 1. */
  readonly column: number
}

const brand: unique symbol = Symbol.for('dcm.wire.XmlError')

/**
 * A document that cannot be read. The message never quotes text or attribute values of the document, which may hold
 * secrets; it names elements, positions and limits.
 */
export class XmlError extends Error {
  override readonly name = 'XmlError'
  readonly code: XmlErrorCode
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(code: XmlErrorCode, message: string, position: XmlPosition) {
    super(`${message} (line ${position.line}, column ${position.column}, byte ${position.offset})`)
    this.code = code
    this.offset = position.offset
    this.line = position.line
    this.column = position.column
    Object.defineProperty(this, brand, { value: true })
  }

  /** True also for errors of another installed copy of this package. */
  static isInstance(value: unknown): value is XmlError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
