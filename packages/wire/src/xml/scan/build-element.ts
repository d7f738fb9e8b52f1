import type { XmlAttribute, XmlElement } from '../element.js'
import { attributeLocalName, attributeValue } from './attributes.js'
import { classifyMarkup, readCdata, readComment, readInstruction, readText } from './content.js'
import { tooDeep } from './elements.js'
import { attributeNamespace, isDeclaration, nameSlice, unbind } from './namespaces.js'
import { attributeStride, endOfBytes, type ScanState } from './scan-state.js'
import { scanEndTag, scanStartTag } from './tags.js'

/** Reads the rest of the element whose start tag was just scanned as a tree. `bindings` is the count from before that tag. */
export function buildElement(state: ScanState, bindings: number, depth: number): XmlElement {
  const { nameStart, nameEnd } = state
  const name = nameSlice(state, state.colon === -1 ? nameStart : state.colon + 1, nameEnd)
  const namespace = state.uris[state.namespace] ?? ''
  const attributes = buildAttributes(state)
  const children: (XmlElement | string)[] = []
  if (!state.selfClosing) {
    if (depth > state.limits.maxDepth) tooDeep(state)
    readChildren(state, children, nameStart, depth)
    scanEndTag(state, nameStart, nameEnd)
  }
  unbind(state, bindings)
  return { name, namespace, attributes, children }
}

function readChildren(state: ScanState, children: (XmlElement | string)[], nameStart: number, depth: number): void {
  let text = ''
  for (;;) {
    text += readText(state)
    if (state.position >= state.limit) endOfBytes(state, 'an element', nameStart - 1)
    const markup = classifyMarkup(state)
    if (markup === 'cdata') text += readCdata(state)
    else if (markup === 'comment') readComment(state)
    else if (markup === 'instruction') readInstruction(state)
    else {
      if (text !== '') children.push(text)
      text = ''
      if (markup === 'end') return
      const bindings = state.bindingCount
      scanStartTag(state)
      children.push(buildElement(state, bindings, depth + 1))
    }
  }
}

/** Attributes of the last start tag, without namespace declarations. */
export function buildAttributes(state: ScanState): XmlAttribute[] {
  const attributes: XmlAttribute[] = []
  for (let i = 0; i < state.attributeCount; i++) {
    if (isDeclaration(state, i * attributeStride)) continue
    attributes.push({
      name: attributeLocalName(state, i),
      namespace: state.uris[attributeNamespace(state, i)] ?? '',
      value: attributeValue(state, i),
    })
  }
  return attributes
}
