import { scanToTag } from '../scan/content.js'
import { createInput, endBytes, pushBytes, tryStep, type XmlInput } from '../scan/input.js'
import { nameSlice, unbind } from '../scan/namespaces.js'
import type { DocumentOptions } from '../scan/open-document.js'
import { createOpenElements, type OpenElements, popElement, pushElement } from '../scan/open-elements.js'
import { skipMisc } from '../scan/prolog.js'
import { fail, type ScanState, syntax } from '../scan/scan-state.js'
import { scanEndTagOf, scanStartTag } from '../scan/tags.js'
import { createContext, type DecoderInternals, type XmlDecoder } from './compile-decoder.js'
import type { DecodeContext } from './decode-context.js'
import { decodeValue } from './decode-object.js'
import { invalid } from './read-simple.js'
import { createDecodeReport, type DecodeReport } from './report.js'

export interface DecodeItemsOptions<Item> extends DocumentOptions {
  /**
   * Elements from the root to an item. A step is a local name in any namespace, or `{uri}name`:
   * `['feed', 'entry']`, `['Envelope', 'Body', 'RetrievePropertiesExResponse', 'returnval', 'objects']`.
   */
  readonly path: readonly string[]
  /** Decoder of one item. */
  readonly item: XmlDecoder<Item>
  /** Decoders of elements beside the path, by step; all others are jumped over. All decoders must be of one schema. */
  readonly rest?: Readonly<Record<string, XmlDecoder<unknown>>>
  readonly report?: DecodeReport
}

/** Takes bytes and gives the items that became complete. */
export interface ItemScanner<Item> {
  push(chunk: Uint8Array): Item[]
  /** The document is complete: the last items, or an `XmlError` when it is not. */
  end(): Item[]
  /** What the decoders of `rest` read so far, by the steps they were given under; the last one where an element repeats. */
  readonly rest: Readonly<Record<string, unknown>>
  /** How many steps of the path above the items were met: a document without items may be another than the one expected. */
  readonly reached: number
}

export interface ItemStream<Item> extends AsyncIterable<Item> {
  /** Complete when the iteration has ended. */
  readonly rest: Readonly<Record<string, unknown>>
  /** As in `ItemScanner`; complete when the iteration has ended. */
  readonly reached: number
}

interface Step {
  readonly namespace: string | undefined
  readonly name: string
  readonly key: string
}

function readStep(key: string): Step {
  const match = /^(?:\{([^}]*)\})?([^{}]+)$/.exec(key)
  if (match?.[2] === undefined) throw new TypeError(`The path step ${key} is neither a name nor {uri}name`)
  return { namespace: match[1], name: match[2], key }
}

interface Scan<Item> {
  readonly input: XmlInput
  readonly context: DecodeContext
  readonly path: readonly Step[]
  readonly item: DecoderInternals
  readonly others: readonly { readonly step: Step; readonly internal: DecoderInternals }[]
  readonly open: OpenElements
  /** How many of the open elements are the first steps of the path. */
  onPath: number
  reached: number
  rootSeen: boolean
  finished: boolean
  items: Item[]
  readonly rest: Record<string, unknown>
}

/** Decodes items as their bytes arrive; see `decodeItems` for the asynchronous form. */
export function createItemScanner<Item>(options: DecodeItemsOptions<Item>): ItemScanner<Item> {
  const scan = createScan(options)
  const step = (): void => readStepOfDocument(scan)
  const drain = (): Item[] => {
    scan.items = []
    while (!scan.finished && tryStep(scan.input, step));
    return scan.items
  }
  return {
    rest: scan.rest,
    get reached() {
      return scan.reached
    },
    push(chunk) {
      pushBytes(scan.input, chunk)
      return drain()
    },
    end() {
      endBytes(scan.input)
      return drain()
    },
  }
}

function createScan<Item>(options: DecodeItemsOptions<Item>): Scan<Item> {
  const { internal } = options.item
  const input = createInput(options, internal.uris)
  const others = Object.entries(options.rest ?? {}).map(([key, decoder]) => {
    if (decoder.internal.compiler.index !== internal.compiler.index) {
      throw new TypeError(
        `The decoder of ${key} is of another schema than that of the items: join the parts into one schema`,
      )
    }
    return { step: readStep(key), internal: decoder.internal }
  })
  if (options.path.length === 0) throw new TypeError('The path to the items is empty: name at least the root element')
  return {
    input,
    context: createContext(internal, input.state, options.report ?? createDecodeReport()),
    path: options.path.map(readStep),
    item: internal,
    others,
    open: createOpenElements(),
    onPath: 0,
    reached: 0,
    rootSeen: false,
    finished: false,
    items: [],
    rest: Object.create(null),
  }
}

/** One construct: a tag of a container, a whole item, or what stands outside the root. */
function readStepOfDocument<Item>(scan: Scan<Item>): void {
  const { state } = scan.input
  if (scan.open.top === undefined) {
    if (!skipMisc(state)) {
      if (!scan.rootSeen) fail(state, 'unterminated', 'A document without a root element', state.position)
      scan.finished = true
      return
    }
    if (scan.rootSeen) syntax(state, 'A second root element', state.position)
    readElement(scan, state)
    scan.rootSeen = true
    return
  }
  if (scanToTag(state)) {
    readElement(scan, state)
    return
  }
  scanEndTagOf(state, scan.open.names, scan.open.top.nameStart, scan.open.top.nameEnd)
  closeElement(scan)
}

function readElement<Item>(scan: Scan<Item>, state: ScanState): void {
  const depth = scan.open.stack.length
  const bindings = state.bindingCount
  scanStartTag(state)
  if (depth === scan.onPath) {
    const name = nameSlice(state, state.colon === -1 ? state.nameStart : state.colon + 1, state.nameEnd)
    const uri = state.uris[state.namespace] ?? ''
    const next = scan.path[depth]
    if (next !== undefined && fits(next, uri, name)) {
      if (depth === scan.path.length - 1) {
        scan.items.push(decodeUnit(scan, scan.item, bindings, depth + 1) as Item) // what the decoder promises
        return
      }
      openElement(scan, state, bindings)
      scan.onPath++
      scan.reached = Math.max(scan.reached, scan.onPath)
      if (state.selfClosing) closeElement(scan)
      return
    }
    const other = scan.others.find(({ step }) => fits(step, uri, name))
    if (other !== undefined) {
      scan.rest[other.step.key] = decodeUnit(scan, other.internal, bindings, depth + 1)
      return
    }
  }
  openElement(scan, state, bindings)
  if (state.selfClosing) closeElement(scan)
}

function fits(step: Step, uri: string, name: string): boolean {
  return step.name === name && (step.namespace === undefined || step.namespace === uri)
}

function decodeUnit<Item>(scan: Scan<Item>, internal: DecoderInternals, bindings: number, depth: number): unknown {
  const base = scan.context
  const context =
    internal === scan.item
      ? base
      : {
          ...base,
          compiler: internal.compiler,
          keepUnknown: internal.keepUnknown,
          leafAttributes: internal.compiler.leafAttributes,
        }
  const value = decodeValue(context, internal.value, bindings, depth)
  return value === invalid ? undefined : value
}

function openElement<Item>(scan: Scan<Item>, state: ScanState, bindings: number): void {
  if (scan.open.stack.length >= state.limits.maxDepth) {
    fail(state, 'limit', `Elements nested deeper than ${state.limits.maxDepth} (maxDepth)`, state.nameStart - 1)
  }
  pushElement(scan.open, state, bindings, '', '', '')
}

function closeElement<Item>(scan: Scan<Item>): void {
  const { bindings } = popElement(scan.open)
  unbind(scan.input.state, bindings)
  scan.onPath = Math.min(scan.onPath, scan.open.stack.length)
}

/**
 * Decodes the items of a large document one by one while it arrives: the entries of an Atom feed, the objects of a SOAP answer.
 * At most one incomplete item is held in memory. Throws `XmlError` where the document breaks; the items before it have been given.
 */
export function decodeItems<Item>(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DecodeItemsOptions<Item>,
): ItemStream<Item> {
  const scanner = createItemScanner(options)
  return {
    rest: scanner.rest,
    get reached() {
      return scanner.reached
    },
    [Symbol.asyncIterator]: () => iterate(source, scanner),
  }
}

async function* iterate<Item>(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  scanner: ItemScanner<Item>,
): AsyncGenerator<Item, void, undefined> {
  for await (const chunk of source) yield* scanner.push(chunk)
  yield* scanner.end()
}
