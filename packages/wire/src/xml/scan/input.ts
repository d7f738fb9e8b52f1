import { countLineFeeds } from './count-line-feeds.js'
import { asBuffer, type DocumentOptions, refuseTotal, transcode } from './open-document.js'
import { detectEncoding, skipDeclaration, type XmlEncoding } from './prolog.js'
import { createScanState, fail, inputOffset, type ScanState, type UriTable, underrun } from './scan-state.js'

/**
 * Bytes that arrive in pieces. What a step could not use stays in a buffer of our own, so that callers may reuse theirs; a step
 * that ran out of bytes starts again from its beginning when there are enough more.
 */
export interface XmlInput {
  readonly state: ScanState
  readonly forced: XmlEncoding | undefined
  encoding: XmlEncoding | undefined
  received: number
  /** Kept bytes lie at the start of it. */
  own: Buffer
  kept: number
  /** No step is tried below this many bytes, so that a large item in small pieces is not scanned again for each of them. */
  enough: number
}

const emptyBuffer = Buffer.alloc(0)
/**
 * Zero bytes behind the last one: reading there gives no undefined, on which V8 would trade its fast loops for careful ones.
 */
const padding = 8
const alwaysRetryBelow = 4096

export function createInput(options: DocumentOptions, table: UriTable): XmlInput {
  const state = createScanState(options, table)
  return { state, forced: options.encoding, encoding: undefined, received: 0, own: emptyBuffer, kept: 0, enough: 0 }
}

/** Adds a piece. Whatever was taken from `state.bytes` before must be done with. */
export function pushBytes(input: XmlInput, chunk: Uint8Array): void {
  const { state } = input
  if (state.final) throw new TypeError('The input has ended: no bytes may follow')
  if (chunk.length === 0) return
  if (state.position > 0) keepRest(input)
  input.received += chunk.length
  if (input.received > state.limits.maxTotalBytes) refuseTotal(state)
  append(input, input.encoding === 'iso-8859-1' ? transcode(asBuffer(chunk)) : asBuffer(chunk))
}

/** Nothing follows. */
export function endBytes(input: XmlInput): void {
  input.state.final = true
  input.enough = 0
}

function append(input: XmlInput, chunk: Buffer): void {
  const length = input.kept + chunk.length
  if (length + padding > input.own.length) {
    const larger = Buffer.allocUnsafeSlow(Math.max(length + padding, input.own.length * 2, 128 * 1024))
    input.own.copy(larger, 0, 0, input.kept)
    input.own = larger
  }
  chunk.copy(input.own, input.kept)
  showOwn(input, length)
}

/** Lets the state see the first bytes of our buffer. */
function showOwn(input: XmlInput, length: number): void {
  const { state } = input
  input.own.fill(0, length, length + padding)
  input.kept = length
  state.bytes = input.own.subarray(0, length + padding)
  state.limit = length
  state.position = 0
}

/**
 * Runs a step, which reads one construct or item and moves the position behind it. False when the bytes do not suffice: then
 * position and bindings are as before, and the bytes from there on are kept.
 */
export function tryStep(input: XmlInput, step: () => void): boolean {
  if (input.encoding === undefined && !attemptStep(input, () => openInput(input))) return false
  return attemptStep(input, step)
}

function attemptStep(input: XmlInput, step: () => void): boolean {
  const { state } = input
  if (state.limit - state.position < input.enough) {
    keepRest(input)
    return false
  }
  const { position, bindingCount, defaultNamespace } = state
  try {
    step()
    input.enough = 0
    return true
  } catch (error) {
    if (error !== underrun) throw error
  }
  state.position = position
  state.bindingCount = bindingCount
  state.defaultNamespace = defaultNamespace
  const rest = state.limit - position
  if (rest >= state.limits.maxItemBytes) {
    fail(state, 'limit', `An item larger than ${state.limits.maxItemBytes} bytes (maxItemBytes)`, position)
  }
  input.enough = rest < alwaysRetryBelow ? 0 : Math.min(rest * 2, state.limits.maxItemBytes)
  keepRest(input)
  return false
}

/** Decides on the encoding once enough bytes are there, and moves behind the XML declaration. */
function openInput(input: XmlInput): void {
  const { state } = input
  const encoding = detectEncoding(state, input.forced)
  if (encoding === 'iso-8859-1') {
    const bytes = transcode(state.bytes.subarray(0, state.limit))
    state.transcoded = true
    input.kept = 0
    append(input, bytes)
  }
  skipDeclaration(state)
  input.encoding = encoding
}

/** Forgets what was read, counting its lines, and keeps the rest. */
function keepRest(input: XmlInput): void {
  const { state } = input
  const { bytes, position, limit, origin } = state
  if (input.own.length === 0) return
  const rest = limit - position
  if (position > 0) {
    const feeds = countLineFeeds(bytes, position)
    if (feeds > 0) origin.lineStart = inputOffset(state, bytes.lastIndexOf(0x0a, position - 1) + 1)
    origin.lineFeeds += feeds
    origin.offset = inputOffset(state, position)
  }
  if (position > 0) input.own.copyWithin(0, position, limit)
  showOwn(input, rest)
}
