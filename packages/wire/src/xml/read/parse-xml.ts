import type { XmlElement } from '../element.js'
import { buildElement } from '../scan/build-element.js'
import { type DocumentOptions, openDocument } from '../scan/open-document.js'
import { skipEpilog, skipToRoot } from '../scan/prolog.js'
import { wellKnownUriTable } from '../scan/scan-state.js'
import { scanStartTag } from '../scan/tags.js'

/** Reads a document as a tree of plain data: for small documents that no schema describes. Throws `XmlError`. */
export function parseXml(input: Uint8Array | string, options: DocumentOptions = {}): XmlElement {
  const state = openDocument(input, options, wellKnownUriTable)
  skipToRoot(state)
  const bindings = state.bindingCount
  scanStartTag(state)
  const root = buildElement(state, bindings, 1)
  skipEpilog(state)
  return root
}
