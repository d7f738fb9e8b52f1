import { isWhiteSpace } from './byte-classes.js'
import { classifyMarkup, readComment, readInstruction } from './content.js'
import { endOfBytes, fail, type ScanState, syntax } from './scan-state.js'
import { latin1Slice } from './slices.js'

export type XmlEncoding = 'utf-8' | 'iso-8859-1'

const longestDeclaration = 400

/**
 * Tells how the input is encoded and moves behind a byte order mark. What the transport said wins, then a byte order mark, then
 * the XML declaration, then UTF-8.
 * Needs the whole declaration: throws `underrun` where more bytes may follow.
 */
export function detectEncoding(state: ScanState, forced: XmlEncoding | undefined): XmlEncoding {
  const { bytes, limit } = state
  if (limit < 4 && !state.final) endOfBytes(state, 'the document', 0)
  const [first, second, third] = bytes.subarray(0, limit)
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) refuseEncoding(state)
  if ((first === 0 && second === 0x3c) || (first === 0x3c && second === 0)) refuseEncoding(state)
  const marked = first === 0xef && second === 0xbb && third === 0xbf
  if (marked) state.position = 3
  const declared = declaredEncoding(state)
  if (forced !== undefined || declared === undefined) return forced ?? 'utf-8'
  const lower = declared.toLowerCase()
  if (lower === 'utf-8' || lower === 'utf8' || lower === 'us-ascii' || lower === 'ascii') return 'utf-8'
  if (lower === 'iso-8859-1' || lower === 'latin1' || lower === 'iso_8859-1') {
    if (marked) fail(state, 'encoding', 'A UTF-8 byte order mark before a declaration of ISO-8859-1', 0)
    return 'iso-8859-1'
  }
  return refuseEncoding(state)
}

function refuseEncoding(state: ScanState): never {
  return fail(state, 'encoding', 'An encoding other than UTF-8, ISO-8859-1 and ASCII', 0)
}

function declarationEnd(state: ScanState): number {
  const { bytes, position, limit } = state
  const start = '<?xml'
  for (let i = 0; i < start.length; i++) {
    if (position + i >= limit && !state.final) endOfBytes(state, 'the XML declaration', position)
    if (bytes[position + i] !== start.charCodeAt(i)) return -1
  }
  if (position + 5 >= limit) endOfBytes(state, 'the XML declaration', position)
  if (!isWhiteSpace(bytes[position + 5])) return -1
  const end = bytes.indexOf('?>', position, 'latin1')
  if (end > position + longestDeclaration || (end === -1 && limit - position > longestDeclaration)) {
    syntax(state, 'An XML declaration that does not end', position)
  }
  if (end === -1) endOfBytes(state, 'the XML declaration', position)
  return end + 2
}

const declarationForm =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/

function declaredEncoding(state: ScanState): string | undefined {
  const end = declarationEnd(state)
  if (end === -1) return undefined
  const match = declarationForm.exec(latin1Slice(state.bytes, state.position, end))
  if (match === null) syntax(state, 'An XML declaration that is not well-formed', state.position)
  return match[1] ?? match[2]
}

/** Moves over the XML declaration, if one stands at the position. */
export function skipDeclaration(state: ScanState): void {
  const end = declarationEnd(state)
  if (end === -1) return
  declaredEncoding(state)
  state.position = end
}

/** What stands outside the root element: white space, comments and instructions. True at the root's start tag, false at the end. */
export function skipMisc(state: ScanState): boolean {
  const { bytes, limit } = state
  for (;;) {
    let i = state.position
    while (i < limit && isWhiteSpace(bytes[i])) i++
    state.position = i
    if (i >= limit) {
      if (!state.final) endOfBytes(state, 'the document', i)
      return false
    }
    if (bytes[i] !== 0x3c) syntax(state, 'Text outside the root element', i)
    const markup = classifyMarkup(state)
    if (markup === 'comment') readComment(state)
    else if (markup === 'instruction') readInstruction(state)
    else if (markup === 'start') return true
    else syntax(state, 'An end tag or a CDATA section outside the root element', i)
  }
}

/** Moves to the root element, which must be there. */
export function skipToRoot(state: ScanState): void {
  if (!skipMisc(state)) fail(state, 'unterminated', 'A document without a root element', state.position)
}

/** Checks that nothing but comments, instructions and white space follows the root element. */
export function skipEpilog(state: ScanState): void {
  if (skipMisc(state)) syntax(state, 'A second root element', state.position)
}
