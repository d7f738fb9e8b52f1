import { withDefaultLimits, type XmlLimits } from '../limits.js'
import { settleShape } from '../settle-shape.js'
import { XmlError, type XmlErrorCode, type XmlPosition } from '../xml-error.js'

/** Where the first byte of `bytes` stands in the whole input. */
export interface InputOrigin {
  /** Bytes of input before it. */
  offset: number
  /** Line feeds before it. */
  lineFeeds: number
  /** Input offset of the start of the line that it stands in. */
  lineStart: number
}

/** Numbers kept for an attribute, in this order, `attributeStride` apart. */
export const slot = { nameStart: 0, nameEnd: 1, colon: 2, valueStart: 3, valueEnd: 4, plain: 5 } as const
export const attributeStride = 6

/** Ids of the namespaces that every document knows. */
export const noNamespace = 0
export const xmlNamespace = 1
export const xmlnsNamespace = 2
export const xsiNamespace = 3

export const xsiUri = 'http://www.w3.org/2001/XMLSchema-instance'
export const xsdUri = 'http://www.w3.org/2001/XMLSchema'
export const xmlUri = 'http://www.w3.org/XML/1998/namespace'
export const xmlnsUri = 'http://www.w3.org/2000/xmlns/'
export const wellKnownUris: readonly string[] = ['', xmlUri, xmlnsUri, xsiUri, xsdUri]

/** Thrown, without a stack, when the bytes end inside a construct and more may follow. Never leaves this package. */
export const underrun: { readonly underrun: true } = { underrun: true }

/**
 * The bytes being read and what the last scan found: one mutable record that all scanning functions share, because a
 * fresh result object for each tag would cost more than the scan.
 */
export interface ScanState {
  bytes: Buffer
  position: number
  limit: number
  /** True when nothing follows `limit`: running into it is an error, not a wait. */
  final: boolean
  origin: InputOrigin
  /** True when `bytes` were ISO-8859-1 before; positions are those of the input. */
  transcoded: boolean
  readonly limits: XmlLimits
  readonly keepControlCharacters: boolean
  /** Where the names, attributes and text of the last start tag lie. */
  nameStart: number
  nameEnd: number
  /** Index of the colon of a prefixed name, -1 without a prefix. */
  colon: number
  selfClosing: boolean
  /** Namespace id of the element. */
  namespace: number
  attributeCount: number
  prefixedAttributes: number
  attributes: Int32Array
  /** Text of a leaf: a range of plain ASCII bytes, or, when `textPlain` is false, `textValue`. */
  textStart: number
  textEnd: number
  textPlain: boolean
  textValue: string
  /** Bindings of prefixes in scope, innermost last. */
  prefixes: string[]
  prefixNamespaces: number[]
  bindingCount: number
  defaultNamespace: number
  /** URI of each namespace id, and back. */
  uris: string[]
  uriIds: ReadonlyMap<string, number>
  ownUriIds: Map<string, number> | undefined
  /** Recently seen short strings, so that repeated values are one string in memory. */
  recent: (string | undefined)[]
}

export interface ScanOptions {
  readonly limits?: Partial<XmlLimits> | undefined
  /** `keep` lets through the control characters that XML 1.0 forbids; some servers send them in free text. Default `refuse`. */
  readonly controlCharacters?: 'refuse' | 'keep' | undefined
}

/** URI tables that start with the well-known ones. */
export interface UriTable {
  readonly uris: readonly string[]
  readonly ids: ReadonlyMap<string, number>
}

export const wellKnownUriTable: UriTable = createUriTable([])

export function createUriTable(uris: readonly string[]): UriTable {
  const all = [...new Set([...wellKnownUris, ...uris])]
  return { uris: all, ids: new Map(all.map((uri, id) => [uri, id])) }
}

const empty = Buffer.alloc(0)

/** Lives as long as the process: compiled code does not outlive the last object of the shape that it was compiled for. */
let _example: ScanState | undefined

export function createScanState(options: ScanOptions, table: UriTable): ScanState {
  _example ??= createExample()
  return newScanState(options, table)
}

function createExample(): ScanState {
  const state = newScanState({}, wellKnownUriTable)
  settleShape(state, Object.fromEntries(Object.entries(state).map(([key, value]) => [key, samplesLike(value)])))
  return state
}

/** Small numbers stay small numbers; what is an object may be one of any shape. */
function samplesLike(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return [value + 1]
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'string') return ['', 'x']
  return [undefined, {}, []]
}

function newScanState(options: ScanOptions, table: UriTable): ScanState {
  return {
    bytes: empty,
    position: 0,
    limit: 0,
    final: false,
    origin: { offset: 0, lineFeeds: 0, lineStart: 0 },
    transcoded: false,
    limits: withDefaultLimits(options.limits),
    keepControlCharacters: options.controlCharacters === 'keep',
    nameStart: 0,
    nameEnd: 0,
    colon: -1,
    selfClosing: false,
    namespace: noNamespace,
    attributeCount: 0,
    prefixedAttributes: 0,
    attributes: new Int32Array(16 * attributeStride),
    textStart: 0,
    textEnd: 0,
    textPlain: true,
    textValue: '',
    prefixes: ['xml'],
    prefixNamespaces: [xmlNamespace],
    bindingCount: 1,
    defaultNamespace: noNamespace,
    uris: table.uris as string[], // replaced by a copy before the first write
    uriIds: table.ids,
    ownUriIds: undefined,
    recent: new Array(256),
  }
}

/** Where an index of `bytes` stands in the input. */
export function positionOf(state: ScanState, index: number): XmlPosition {
  const at = Math.min(index, state.limit)
  let line = state.origin.lineFeeds + 1
  let lineStart = state.origin.lineStart
  let feed = state.bytes.indexOf(0x0a)
  while (feed !== -1 && feed < at) {
    line++
    lineStart = inputOffset(state, feed + 1)
    feed = state.bytes.indexOf(0x0a, feed + 1)
  }
  const offset = inputOffset(state, at)
  return { offset, line, column: offset - lineStart + 1 }
}

/** Offset in the input of an index of `bytes`. */
export function inputOffset(state: ScanState, index: number): number {
  if (!state.transcoded) return state.origin.offset + index
  let added = 0 // a character above ASCII was one byte and is two
  for (let i = 0; i < index; i++) if (((state.bytes[i] as number) & 0xc0) === 0x80) added++ // in range: at most `limit`
  return state.origin.offset + index - added
}

export function fail(state: ScanState, code: XmlErrorCode, message: string, index: number): never {
  throw new XmlError(code, message, positionOf(state, index))
}

/** The bytes end inside `what`: wait for more, or report where the construct began. */
export function endOfBytes(state: ScanState, what: string, start: number): never {
  if (state.final) fail(state, 'unterminated', `The document ends inside ${what}`, start)
  throw underrun
}

/** A syntax error quotes nothing of the document, so the message says what was expected. */
export function syntax(state: ScanState, message: string, index: number): never {
  return fail(state, 'syntax', message, index)
}
