import { nameSlice } from '../scan/namespaces.js'
import { type DocumentOptions, openDocument } from '../scan/open-document.js'
import { skipEpilog, skipToRoot } from '../scan/prolog.js'
import { createScanState, createUriTable, fail, type ScanState, type UriTable } from '../scan/scan-state.js'
import { scanStartTag } from '../scan/tags.js'
import type { XmlSchema } from '../schema/schema-part.js'
import { indexOfSchema } from '../schema/type-table.js'
import { compileValue, typeOfValue } from './compile-type.js'
import { type CompiledValue, kinds, type Selection, type TypeCompiler } from './compiled-type.js'
import type { DecodeContext } from './decode-context.js'
import { decodeValue } from './decode-object.js'
import { createDecodeReport, type DecodeReport } from './report.js'

/** The part of a type that a selection asks for. */
export type Selected<Value, Wanted> = Wanted extends true
  ? Value
  : Value extends readonly (infer Item)[]
    ? Selected<Item, Wanted>[]
    : {
        [Key in keyof Wanted & keyof Value]:
          | Selected<NonNullable<Value[Key]>, Wanted[Key]>
          | Extract<Value[Key], undefined>
      }

/** Which properties of a type to read; the elements of all others are jumped over and do not appear. */
export type SelectionOf<Value> = Value extends readonly (infer Item)[]
  ? SelectionOf<Item>
  : Value extends object
    ? { readonly [Key in keyof Value]?: true | SelectionOf<NonNullable<Value[Key]>> }
    : true

export interface DecoderOptions<Wanted = true> {
  /** Properties to read, to any depth. Default: all. A subtype named by `xsi:type` is read with the same selection. */
  readonly select?: Wanted
  /** `keep` puts unknown elements as trees into `$unknown` of the object they stand in. They are counted either way. Default `count`. */
  readonly unknownElements?: 'keep' | 'count'
  /** Puts the attributes of an object's child elements into `$attributes`, by property name. Default false. */
  readonly leafAttributes?: boolean
}

export interface DecodeOptions extends DocumentOptions {
  /** Collects what was not known; counts are added to what it holds. */
  readonly report?: DecodeReport
}

/** Reads documents, or elements of documents, of one type. */
export interface XmlDecoder<Value> {
  /** Reads a document whose root element is of the type. Throws `XmlError`. */
  decode(input: Uint8Array | string, options?: DecodeOptions): Value
  /** For `decodeItems`; not for use from outside. */
  readonly internal: DecoderInternals
}

export interface DecoderInternals {
  readonly compiler: TypeCompiler
  readonly uris: UriTable
  readonly value: CompiledValue
  readonly keepUnknown: boolean
}

/**
 * Prepares the decoder of a type: `typeName` is the key of a type of the schema, or a kind such as `string` or `any`.
 * Types are compiled when a document first needs them.
 */
export function compileDecoder<
  Types extends object,
  Key extends keyof Types & string,
  const Wanted extends SelectionOf<Types[Key]> | true = true,
>(
  schema: XmlSchema<Types>,
  typeName: Key,
  options: DecoderOptions<Wanted> = {},
): XmlDecoder<Selected<Types[Key], Wanted>> {
  const index = indexOfSchema(schema)
  const uris = createUriTable(index.uris)
  const compiler: TypeCompiler = {
    index,
    namespaceIds: uris.ids,
    uriCount: uris.uris.length,
    leafAttributes: options.leafAttributes === true,
    types: new Map(),
    values: new Map(),
    plans: [],
    writtenNames: new Map(),
  }
  const wanted = options.select
  const selection = typeof wanted === 'object' ? (wanted as Selection) : undefined // same shape, typed for the reader's eye
  const value = compileValue(compiler, typeName, selection)
  if (value.kind === kinds.notLoaded) {
    throw new TypeError(`The schema has no type ${typeName}: load the part that has it, or correct the name`)
  }
  if (value.kind === kinds.complex) typeOfValue(compiler, value)
  const internal: DecoderInternals = { compiler, uris, value, keepUnknown: options.unknownElements === 'keep' }
  return {
    internal,
    decode(input, decodeOptions = {}) {
      const state = openDocument(input, decodeOptions, uris)
      const context = createContext(internal, state, decodeOptions.report)
      skipToRoot(state)
      const bindings = state.bindingCount
      scanStartTag(state)
      checkRoot(internal, state)
      const result = decodeValue(context, value, bindings, 1)
      skipEpilog(state)
      return result as Selected<Types[Key], Wanted> // the schema's types are generated together with its tables
    },
  }
}

/** Kept for its shape, as the example of the scan state is. */
let _exampleContext: DecodeContext | undefined

export function createContext(
  internal: DecoderInternals,
  state: ScanState,
  report: DecodeReport | undefined,
): DecodeContext {
  _exampleContext ??= newContext(internal, createScanState({}, internal.uris), createDecodeReport())
  return newContext(internal, state, report ?? createDecodeReport())
}

function newContext(internal: DecoderInternals, state: ScanState, report: DecodeReport): DecodeContext {
  return {
    state,
    compiler: internal.compiler,
    report,
    keepUnknown: internal.keepUnknown,
    leafAttributes: internal.compiler.leafAttributes,
  }
}

/** A global element of another type in the place of the root is a document of another kind, not one to be read tolerantly. */
function checkRoot(internal: DecoderInternals, state: ScanState): void {
  const uri = state.uris[state.namespace] ?? ''
  const name = nameSlice(state, state.colon === -1 ? state.nameStart : state.colon + 1, state.nameEnd)
  const kind = internal.compiler.index.element(uri, name)
  if (kind === undefined || kind === internal.value.typeKey || internal.value.kind !== kinds.complex) return
  fail(state, 'schema', `The root element is a ${kind}, not a ${internal.value.typeKey}`, state.nameStart - 1)
}
