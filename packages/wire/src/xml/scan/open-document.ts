import { detectEncoding, skipDeclaration, type XmlEncoding } from './prolog.js'
import { createScanState, fail, type ScanOptions, type ScanState, type UriTable } from './scan-state.js'
import { latin1Slice } from './slices.js'

export interface DocumentOptions extends ScanOptions {
  /** Encoding that the transport names; it wins over the document's own declaration. */
  readonly encoding?: XmlEncoding | undefined
}

/** A state at the start of a document that is there as a whole, behind its XML declaration. */
export function openDocument(input: Uint8Array | string, options: DocumentOptions, table: UriTable): ScanState {
  const state = createScanState(options, table)
  state.final = true
  setBytes(state, typeof input === 'string' ? Buffer.from(input, 'utf8') : asBuffer(input))
  if (state.limit > state.limits.maxTotalBytes) refuseTotal(state)
  // A string has no encoding of its own any more, whatever its declaration says.
  const encoding = detectEncoding(state, typeof input === 'string' ? 'utf-8' : options.encoding)
  if (encoding === 'iso-8859-1') {
    setBytes(state, transcode(state.bytes))
    state.transcoded = true
  }
  skipDeclaration(state)
  return state
}

export function refuseTotal(state: ScanState): never {
  return fail(state, 'limit', `A document larger than ${state.limits.maxTotalBytes} bytes (maxTotalBytes)`, 0)
}

export function setBytes(state: ScanState, bytes: Buffer): void {
  state.bytes = bytes
  state.limit = bytes.length
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** ISO-8859-1 as UTF-8, which is all that the scanner reads. */
export function transcode(bytes: Buffer): Buffer {
  return Buffer.from(latin1Slice(bytes, 0, bytes.length), 'utf8')
}
