import { findXsiType, readTypeName } from '../decode/xsi-type.js'
import { scanToTag } from '../scan/content.js'
import { tooDeep } from '../scan/elements.js'
import { nameSlice, unbind } from '../scan/namespaces.js'
import { asBuffer, type DocumentOptions, openDocument } from '../scan/open-document.js'
import { skipEpilog, skipToRoot } from '../scan/prolog.js'
import { type ScanState, wellKnownUriTable } from '../scan/scan-state.js'
import { scanEndTag, scanStartTag } from '../scan/tags.js'

/** Where an element lies. Offsets are of the index's bytes. */
export interface ElementNode {
  readonly name: string
  readonly namespace: string
  readonly nameStart: number
  readonly nameEnd: number
  /** From the `<` of the start tag to behind the `>` of the end tag. */
  readonly start: number
  readonly end: number
  /** Behind the start tag. Equal to `end` for an empty element tag. */
  readonly contentStart: number
  /** The `<` of the end tag. */
  readonly contentEnd: number
  readonly selfClosing: boolean
  readonly children: readonly ElementNode[]
  readonly parent: ElementNode | undefined
  /** Namespace of names without prefix inside. */
  readonly defaultNamespace: string
  /** Bindings in scope before the start tag, innermost last. */
  readonly bindings: readonly (readonly [prefix: string, uri: string])[]
  /** The type that `xsi:type` names. */
  readonly xsiType: { readonly namespace: string; readonly name: string } | undefined
}

/** A document with the place of each of its elements. */
export interface DocumentIndex {
  /** UTF-8, also where the document was ISO-8859-1. */
  readonly bytes: Buffer
  readonly latin1: boolean
  readonly root: ElementNode
}

/** Finds all elements of a document that is to be changed. Throws `XmlError`. */
export function indexDocument(input: Uint8Array, options: DocumentOptions = {}): DocumentIndex {
  const state = openDocument(asBuffer(input), options, wellKnownUriTable)
  skipToRoot(state)
  const root = indexElement(state, undefined, 1)
  skipEpilog(state)
  return { bytes: state.bytes, latin1: state.transcoded, root }
}

function indexElement(state: ScanState, parent: ElementNode | undefined, depth: number): ElementNode {
  const start = state.position
  const count = state.bindingCount
  const bindings = bindingsInScope(state, parent)
  scanStartTag(state)
  if (depth > state.limits.maxDepth) tooDeep(state)
  const { nameStart, nameEnd, selfClosing } = state
  const children: ElementNode[] = []
  const node = {
    name: nameSlice(state, state.colon === -1 ? nameStart : state.colon + 1, nameEnd),
    namespace: state.uris[state.namespace] ?? '',
    nameStart,
    nameEnd,
    start,
    end: state.position,
    contentStart: state.position,
    contentEnd: state.position,
    selfClosing,
    children,
    parent,
    defaultNamespace: state.uris[state.defaultNamespace] ?? '',
    bindings,
    xsiType: readXsiType(state),
  }
  if (!selfClosing) {
    while (scanToTag(state)) children.push(indexElement(state, node, depth + 1))
    node.contentEnd = state.position
    scanEndTag(state, nameStart, nameEnd)
    node.end = state.position
  }
  unbind(state, count)
  return node
}

/** The parent's list where nothing was bound since, so that a document costs one list for each element that declares. */
function bindingsInScope(state: ScanState, parent: ElementNode | undefined): ElementNode['bindings'] {
  const sibling = parent?.children[0]
  if (sibling !== undefined) return sibling.bindings
  if (parent !== undefined && parent.bindings.length === state.bindingCount - 1) return parent.bindings
  const bindings: (readonly [string, string])[] = []
  for (let i = 1; i < state.bindingCount; i++) {
    bindings.push([state.prefixes[i] ?? '', state.uris[state.prefixNamespaces[i] ?? 0] ?? ''])
  }
  return bindings
}

function readXsiType(state: ScanState): ElementNode['xsiType'] {
  const index = findXsiType(state)
  if (index === -1) return undefined
  const { namespace, name } = readTypeName(state, index, new Map())
  return { namespace: state.uris[namespace] ?? '', name }
}
