import { leafText, scanLeaf } from '../scan/elements.js'
import { createScanState, wellKnownUriTable } from '../scan/scan-state.js'
import type { DocumentIndex, ElementNode } from './document-index.js'

/** The text of an element, references resolved; texts of inner elements are not part of it. */
export function elementText(index: DocumentIndex, node: ElementNode): string {
  if (node.selfClosing) return ''
  const state = createScanState({ controlCharacters: 'keep' }, wellKnownUriTable)
  state.bytes = index.bytes
  state.limit = index.bytes.length
  state.final = true
  state.position = node.contentStart
  state.nameStart = node.nameStart
  state.nameEnd = node.nameEnd
  bindAll(state, node)
  scanLeaf(state, 1)
  return leafText(state)
}

function bindAll(state: ReturnType<typeof createScanState>, node: ElementNode): void {
  // Inner elements may use any prefix of the document; that they are bound was checked when it was read.
  for (const [prefix] of [...node.bindings, ...ownBindings(node)]) {
    state.prefixes[state.bindingCount] = prefix
    state.prefixNamespaces[state.bindingCount] = 0
    state.bindingCount++
  }
}

function ownBindings(node: ElementNode): ElementNode['bindings'] {
  return node.children[0]?.bindings ?? []
}
