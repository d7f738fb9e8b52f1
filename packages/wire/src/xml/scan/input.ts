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
  const { state } = input
  if (input.kept === 0) {
    setWindow(state, chunk)
    return
  }
  const length = input.kept + chunk.length
  if (length > input.own.length) {
    const larger = Buffer.allocUnsafeSlow(Math.max(length, input.own.length * 2, 64 * 1024))
    input.own.copy(larger, 0, 0, input.kept)
    input.own = larger
  }
  chunk.copy(input.own, input.kept)
  input.kept = length
  setWindow(state, input.own.subarray(0, length))
}

function setWindow(state: ScanState, bytes: Buffer): void {
  state.bytes = bytes
  state.limit = bytes.length
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
  const encoding = input.forced ?? detectEncoding(state)
  if (encoding === 'iso-8859-1') {
    const bytes = transcode(state.bytes)
    state.transcoded = true
    setWindow(state, bytes)
  }
  skipDeclaration(state)
  input.encoding = encoding
}

/** Forgets what was read, counting its lines, and keeps the rest. */
function keepRest(input: XmlInput): void {
  const { state } = input
  const { bytes, position, limit, origin } = state
  const rest = limit - position
  if (position > 0) {
    const feeds = countLineFeeds(bytes, position)
    if (feeds > 0) origin.lineStart = inputOffset(state, bytes.lastIndexOf(0x0a, position - 1) + 1)
    origin.lineFeeds += feeds
    origin.offset = inputOffset(state, position)
  }
  const ours = input.kept > 0
  if (rest > input.own.length) {
    const larger = Buffer.allocUnsafeSlow(Math.max(rest * 2, 64 * 1024))
    bytes.copy(larger, 0, position, limit)
    input.own = larger
  } else if (ours) {
    if (position > 0) input.own.copyWithin(0, position, limit)
  } else bytes.copy(input.own, 0, position, limit)
  input.kept = rest
  setWindow(state, rest === 0 ? emptyBuffer : input.own.subarray(0, rest))
}
