import { text, textClass } from './byte-classes.js'
import { classifyMarkup, readCdata, readComment, readInstruction, readText, scanToTag } from './content.js'
import { unbind } from './namespaces.js'
import { endOfBytes, fail, type ScanState } from './scan-state.js'
import { latin1Slice } from './slices.js'
import { scanEndTag, scanStartTag } from './tags.js'

/**
 * Reads the content of the element whose start tag was just scanned, up to and including its end tag, as text.
 * Elements inside are passed over; the result is how many there were. The text is left in the state: a range when it is plain
 * ASCII (`textPlain`), otherwise `textValue`.
 */
export function scanLeaf(state: ScanState, depth: number): number {
  if (state.selfClosing) {
    state.textPlain = true
    state.textStart = state.textEnd = state.position
    return 0
  }
  const { bytes, limit } = state
  const start = state.position
  let i = start
  while (i < limit && textClass[bytes[i] as number] === text.plain) i++
  if (i + 1 < limit && bytes[i] === 0x3c && bytes[i + 1] === 0x2f && i - start <= state.limits.maxTextBytes) {
    state.position = i
    scanEndTag(state, state.nameStart, state.nameEnd)
    state.textPlain = true
    state.textStart = start
    state.textEnd = i
    return 0
  }
  return scanMixedLeaf(state, depth)
}

function scanMixedLeaf(state: ScanState, depth: number): number {
  const { nameStart, nameEnd } = state
  let value = ''
  let elements = 0
  for (;;) {
    value += readText(state)
    if (value.length > state.limits.maxTextBytes) {
      fail(state, 'limit', `A text longer than ${state.limits.maxTextBytes} bytes (maxTextBytes)`, state.position)
    }
    if (state.position >= state.limit) endOfBytes(state, 'an element', nameStart - 1)
    const markup = classifyMarkup(state)
    if (markup === 'end') break
    if (markup === 'cdata') value += readCdata(state)
    else if (markup === 'comment') readComment(state)
    else if (markup === 'instruction') readInstruction(state)
    else {
      elements++
      const bindings = state.bindingCount
      scanStartTag(state)
      skipElement(state, bindings, depth + 1)
    }
  }
  scanEndTag(state, nameStart, nameEnd)
  state.textPlain = false
  state.textValue = value
  return elements
}

/** Text of the last leaf. */
export function leafText(state: ScanState): string {
  return state.textPlain ? latin1Slice(state.bytes, state.textStart, state.textEnd) : state.textValue
}

/**
 * Passes over the rest of the element whose start tag was just scanned, up to and including its end tag. The tags inside are
 * checked as everywhere else. `bindings` is the binding count from before the start tag.
 */
export function skipElement(state: ScanState, bindings: number, depth: number): void {
  if (!state.selfClosing) {
    if (depth > state.limits.maxDepth) tooDeep(state)
    const { nameStart, nameEnd } = state
    while (scanToTag(state)) {
      const inner = state.bindingCount
      scanStartTag(state)
      skipElement(state, inner, depth + 1)
    }
    scanEndTag(state, nameStart, nameEnd)
  }
  unbind(state, bindings)
}

export function tooDeep(state: ScanState): never {
  return fail(state, 'limit', `Elements nested deeper than ${state.limits.maxDepth} (maxDepth)`, state.nameStart - 1)
}
