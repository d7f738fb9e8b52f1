import type { XmlAttribute } from '../element.js'
import { buildAttributes } from '../scan/build-element.js'
import { isWhiteSpace } from '../scan/byte-classes.js'
import { classifyMarkup, readCdata, readComment, readInstruction, readText } from '../scan/content.js'
import { createInput, endBytes, pushBytes, tryStep, type XmlInput } from '../scan/input.js'
import { nameSlice, unbind } from '../scan/namespaces.js'
import type { DocumentOptions } from '../scan/open-document.js'
import { createOpenElements, type OpenElements, popElement, pushElement } from '../scan/open-elements.js'
import { endOfBytes, fail, positionOf, type ScanState, syntax, wellKnownUriTable } from '../scan/scan-state.js'
import { scanEndTagOf, scanStartTag } from '../scan/tags.js'
import type { XmlPosition } from '../xml-error.js'

/**
 * What `next` found. `need-input`: push more bytes, or say that there are none. `finished`: the document ended as it should.
 * An empty element gives `start` and `end`.
 */
export type XmlEvent = 'start' | 'end' | 'text' | 'cdata' | 'comment' | 'instruction' | 'need-input' | 'finished'

export type XmlReaderOptions = DocumentOptions

/**
 * Reads a document piece by piece: push bytes, cut anywhere, and ask for events until there is need for more. Throws `XmlError`
 * where the document is not well-formed or passes a limit.
 */
export interface XmlReader {
  push(chunk: Uint8Array): void
  /** Says that the document is complete. */
  end(): void
  next(): XmlEvent
  /** Local name of the element of `start` and `end`; target of an `instruction`. */
  readonly name: string
  /** Prefix as written, empty without one. */
  readonly prefix: string
  /** URI of the element, empty for none. */
  readonly namespace: string
  /** Attributes of the element of `start`, without namespace declarations. */
  readonly attributes: readonly XmlAttribute[]
  /** Text of `text`, `cdata`, `comment` and `instruction`. Texts come whole, however the bytes were cut. */
  readonly text: string
  /** Open elements, that of a `start` or `end` included. */
  readonly depth: number
  /** Where the last event began; to be asked before the next one. */
  readonly position: XmlPosition
}

export function createXmlReader(options: XmlReaderOptions = {}): XmlReader {
  return new Reader(options)
}

class Reader implements XmlReader {
  name = ''
  prefix = ''
  namespace = ''
  attributes: readonly XmlAttribute[] = []
  text = ''
  depth = 0
  readonly #input: XmlInput
  readonly #open: OpenElements = createOpenElements()
  #event: XmlEvent = 'need-input'
  #start = 0
  #seenRoot = false
  /** The end event of an empty element, or the end of the element whose `end` was just given, is still to be done. */
  #pendingEnd = false
  #closing = false
  readonly #step = (): void => this.#read()

  constructor(options: XmlReaderOptions) {
    this.#input = createInput(options, wellKnownUriTable)
  }

  get position(): XmlPosition {
    return positionOf(this.#input.state, this.#start)
  }

  push(chunk: Uint8Array): void {
    pushBytes(this.#input, chunk)
  }

  end(): void {
    endBytes(this.#input)
  }

  next(): XmlEvent {
    if (this.#event === 'finished') return 'finished'
    if (this.#closing) this.#close()
    if (this.#pendingEnd) {
      this.#pendingEnd = false
      this.#closing = true
      this.#event = 'end'
      this.attributes = []
      return 'end'
    }
    this.#event = tryStep(this.#input, this.#step) ? this.#event : 'need-input'
    return this.#event
  }

  #close(): void {
    this.#closing = false
    unbind(this.#input.state, popElement(this.#open).bindings)
    this.depth--
  }

  #read(): void {
    const { state } = this.#input
    if (this.depth === 0) {
      this.#readOutside(state)
      return
    }
    if (state.position < state.limit && state.bytes[state.position] !== 0x3c) {
      this.#start = state.position
      this.text = readText(state)
      this.#event = 'text'
      return
    }
    if (state.position >= state.limit && state.final) {
      fail(state, 'unterminated', 'The document ends inside an element', state.position)
    }
    this.#readMarkup(state)
  }

  #readOutside(state: ScanState): void {
    while (state.position < state.limit && isWhiteSpace(state.bytes[state.position])) state.position++
    if (state.position >= state.limit) {
      if (!state.final) endOfBytes(state, 'the document', state.position)
      if (!this.#seenRoot) fail(state, 'unterminated', 'A document without a root element', state.position)
      this.#event = 'finished'
      return
    }
    if (state.bytes[state.position] !== 0x3c) syntax(state, 'Text outside the root element', state.position)
    const markup = classifyMarkup(state)
    if (markup === 'end' || markup === 'cdata') {
      syntax(state, 'An end tag or a CDATA section outside the root element', state.position)
    }
    if (markup === 'start' && this.#seenRoot) syntax(state, 'A second root element', state.position)
    this.#readMarkup(state)
  }

  #readMarkup(state: ScanState): void {
    this.#start = state.position
    const markup = classifyMarkup(state)
    if (markup === 'start') this.#readStart(state)
    else if (markup === 'end') this.#readEnd(state)
    else if (markup === 'cdata') this.text = readCdata(state)
    else if (markup === 'comment') this.text = readComment(state)
    else {
      const { target, body } = readInstruction(state)
      this.name = target
      this.text = body
    }
    this.#event = markup
  }

  #readStart(state: ScanState): void {
    const bindings = state.bindingCount
    if (this.depth >= state.limits.maxDepth) {
      fail(state, 'limit', `Elements nested deeper than ${state.limits.maxDepth} (maxDepth)`, state.position)
    }
    scanStartTag(state)
    this.#seenRoot = true
    this.name = nameSlice(state, state.colon === -1 ? state.nameStart : state.colon + 1, state.nameEnd)
    this.prefix = state.colon === -1 ? '' : nameSlice(state, state.nameStart, state.colon)
    this.namespace = state.uris[state.namespace] ?? ''
    this.attributes = buildAttributes(state)
    pushElement(this.#open, state, bindings, this.name, this.prefix, this.namespace)
    this.#pendingEnd = state.selfClosing
    this.depth++
  }

  #readEnd(state: ScanState): void {
    const top = this.#open.top
    if (top === undefined) {
      syntax(state, 'An end tag without a start tag', state.position)
    }
    scanEndTagOf(state, this.#open.names, top.nameStart, top.nameEnd)
    this.name = top.name
    this.prefix = top.prefix
    this.namespace = top.namespace
    this.attributes = []
    this.#closing = true
  }
}
