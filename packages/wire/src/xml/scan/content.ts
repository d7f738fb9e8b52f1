import { tooLong } from './attributes.js'
import { isWhiteSpace, name, nameClass, text, textClass } from './byte-classes.js'
import { normalizeLineEnds, sliceAscii, sliceCharacters, sliceUtf8 } from './characters.js'
import { readReference } from './entities.js'
import { nameSlice } from './namespaces.js'
import { endOfBytes, fail, type ScanState, syntax } from './scan-state.js'

/** What stands at a `<`. */
export type Markup = 'start' | 'end' | 'comment' | 'cdata' | 'instruction'

/** Tells what the `<` at `state.position` begins. */
export function classifyMarkup(state: ScanState): Markup {
  const { bytes, limit } = state
  const start = state.position
  if (start + 1 >= limit) endOfBytes(state, 'a tag', start)
  const next = bytes[start + 1] as number
  if (next === 0x2f) return 'end'
  if (next === 0x3f) return 'instruction'
  if (next !== 0x21) return 'start'
  if (startsWith(state, start, '<!--')) return 'comment'
  if (startsWith(state, start, '<![CDATA[')) return 'cdata'
  if (startsWith(state, start, '<!DOCTYPE')) {
    fail(state, 'doctype', 'A document type declaration, which is not accepted', start)
  }
  return syntax(state, 'A <! that begins neither a comment nor a CDATA section', start)
}

function startsWith(state: ScanState, start: number, words: string): boolean {
  for (let k = 0; k < words.length; k++) {
    if (start + k >= state.limit) endOfBytes(state, 'markup', start)
    if (state.bytes[start + k] !== words.charCodeAt(k)) return false
  }
  return true
}

/** Reads the comment at `state.position`; its text, and the position behind it. */
export function readComment(state: ScanState): string {
  const start = state.position
  const end = state.bytes.indexOf('--', start + 4, 'latin1')
  checkLength(state, start, end)
  if (end === -1 || end + 2 >= state.limit) endOfBytes(state, 'a comment', start)
  if (state.bytes[end + 2] !== 0x3e) syntax(state, 'Two hyphens inside a comment', end)
  const value = sliceCharacters(state, start + 4, end)
  state.position = end + 3
  return value
}

/** Reads the CDATA section at `state.position`. */
export function readCdata(state: ScanState): string {
  const start = state.position
  const end = state.bytes.indexOf(']]>', start + 9, 'latin1')
  checkLength(state, start, end)
  if (end === -1) endOfBytes(state, 'a CDATA section', start)
  const value = sliceCharacters(state, start + 9, end)
  state.position = end + 3
  return value
}

export interface Instruction {
  readonly target: string
  readonly body: string
}

/** Reads the processing instruction at `state.position`. */
export function readInstruction(state: ScanState): Instruction {
  const { bytes, limit } = state
  const start = state.position
  let i = start + 2
  while (i < limit && nameClass[bytes[i] as number] !== name.end) {
    if (nameClass[bytes[i] as number] === name.colon) syntax(state, 'An instruction name with a colon', i)
    i++
  }
  if (i - start > state.limits.maxNameBytes) tooLong(state, start)
  if (i >= limit) endOfBytes(state, 'an instruction', start)
  const first = nameClass[bytes[start + 2] as number]
  if (i === start + 2 || first === name.part) syntax(state, 'An instruction without a name', start)
  const target = nameSlice(state, start + 2, i)
  if (target.toLowerCase() === 'xml') syntax(state, 'An XML declaration that is not at the start', start)
  const end = bytes.indexOf('?>', i, 'latin1')
  checkLength(state, start, end)
  if (end === -1) endOfBytes(state, 'an instruction', start)
  if (end > i && !isWhiteSpace(bytes[i])) syntax(state, 'An instruction name that runs into its text', i)
  while (i < end && isWhiteSpace(bytes[i])) i++
  const body = sliceCharacters(state, i, end)
  state.position = end + 2
  return { target, body }
}

function checkLength(state: ScanState, start: number, end: number): void {
  const length = (end === -1 ? state.limit : end) - start
  if (length > state.limits.maxTextBytes) textTooLong(state, start)
}

function textTooLong(state: ScanState, index: number): never {
  return fail(state, 'limit', `A text longer than ${state.limits.maxTextBytes} bytes (maxTextBytes)`, index)
}

/**
 * Reads character data from `state.position` to the next `<`: references resolved, line ends as line feeds. At the end of the
 * input it stops there.
 */
export function readText(state: ScanState): string {
  const { bytes, limit } = state
  const start = state.position
  let value = ''
  let from = start
  let ascii = true
  let carriageReturn = false
  let i = start
  for (;;) {
    while (i < limit && textClass[bytes[i] as number] === text.plain) i++
    const kind = i < limit ? textClass[bytes[i] as number] : -1
    if (i - start > state.limits.maxTextBytes) textTooLong(state, start)
    if (kind === -1 && !state.final) endOfBytes(state, 'text', start)
    if (kind === -1 || kind === text.open || kind === text.ampersand) {
      const piece = ascii ? (from === i ? '' : sliceAscii(state, from, i)) : sliceUtf8(state, from, i)
      value += carriageReturn ? normalizeLineEnds(piece) : piece
      if (kind !== text.ampersand) {
        state.position = i
        return value
      }
      value += readReference(state, i)
      i = state.textEnd
      from = i
      ascii = true
      carriageReturn = false
      continue
    }
    if (kind === text.nonAscii) ascii = false
    else if (kind === text.carriageReturn) carriageReturn = true
    else checkSpecial(state, kind as number, i)
    i++
  }
}

function checkSpecial(state: ScanState, kind: number, index: number): void {
  if (kind === text.control && !state.keepControlCharacters) syntax(state, 'A control character', index)
  if (kind !== text.bracket) return
  if (index + 2 >= state.limit && !state.final) endOfBytes(state, 'text', index)
  if (state.bytes[index + 1] === 0x5d && state.bytes[index + 2] === 0x3e) syntax(state, 'A ]]> in text', index)
}

/**
 * Moves to the next tag of element content, over text, comments, CDATA sections and instructions.
 * True at a start tag, false at an end tag.
 */
export function scanToTag(state: ScanState): boolean {
  const { bytes, limit } = state
  for (;;) {
    let i = state.position
    while (i < limit && textClass[bytes[i] as number] === text.plain) i++
    if (i - state.position > state.limits.maxTextBytes) textTooLong(state, state.position)
    if (i + 1 < limit && bytes[i] === 0x3c) {
      const next = bytes[i + 1] as number
      state.position = i
      if (next === 0x2f) return false
      if (nameClass[next] === name.start) return true
    }
    state.position = i
    if (i >= limit) endOfBytes(state, 'an element', i)
    if (bytes[i] !== 0x3c) {
      readText(state)
      if (state.position >= limit) endOfBytes(state, 'an element', limit)
      continue
    }
    const markup = classifyMarkup(state)
    if (markup === 'start') return true
    if (markup === 'end') return false
    skipMarkup(state, markup)
  }
}

function skipMarkup(state: ScanState, markup: Markup): void {
  if (markup === 'comment') readComment(state)
  else if (markup === 'cdata') readCdata(state)
  else readInstruction(state)
}
