import { latin1Slice, utf8Slice } from '../scan/slices.js'
import type { DocumentIndex, ElementNode } from './document-index.js'
import { XmlPatchError } from './patch-error.js'

/** Bytes from `start` to `end` become `text`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
  /** What the change is, for errors. */
  readonly path: string
}

/** The document with its splices; every other byte is as it came. */
export function applySplices(index: DocumentIndex, splices: readonly Splice[]): Buffer {
  const sorted = splices
    .map((splice, order) => ({ ...splice, order }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, text, path } of sorted) {
    if (start < at)
      throw new XmlPatchError(path, 'is changed twice, or lies in an element that another change replaces')
    pieces.push(index.bytes.subarray(at, start), Buffer.from(text, 'utf8'))
    at = end
  }
  pieces.push(index.bytes.subarray(at))
  const patched = Buffer.concat(pieces)
  return index.latin1 ? toLatin1(patched) : patched
}

/** Back to ISO-8859-1; characters that it lacks can only have come with a change and become references. */
function toLatin1(bytes: Buffer): Buffer {
  const text = utf8Slice(bytes, 0, bytes.length)
  return Buffer.from(
    text.replace(/[\u{100}-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`),
    'latin1',
  )
}

/** Puts XML between the tags of an element, in the place of what stands there. An empty element tag becomes two tags. */
export function replaceContent(index: DocumentIndex, node: ElementNode, xml: string, path: string): Splice {
  if (!node.selfClosing) return { start: node.contentStart, end: node.contentEnd, text: xml, path }
  const name = utf8Slice(index.bytes, node.nameStart, node.nameEnd)
  return { start: node.end - 2, end: node.end, text: `>${xml}</${name}>`, path }
}

/** Puts an element behind a child, or before all children, with the white space that stands before its neighbour. */
export function insertElement(
  index: DocumentIndex,
  parent: ElementNode,
  after: ElementNode | undefined,
  xml: string,
  path: string,
): Splice {
  if (parent.selfClosing) return replaceContent(index, parent, xml, path)
  if (after !== undefined) return { start: after.end, end: after.end, text: whiteSpaceBefore(index, after) + xml, path }
  const first = parent.children[0]
  const gap = first === undefined ? '' : whiteSpaceBefore(index, first)
  return { start: parent.contentStart, end: parent.contentStart, text: gap + xml, path }
}

/** Takes an element away together with the white space before it. */
export function removeElement(index: DocumentIndex, node: ElementNode, path: string): Splice {
  if (node.parent === undefined) throw new XmlPatchError(path, 'is the root element, which cannot be removed')
  return { start: node.start - whiteSpaceBefore(index, node).length, end: node.end, text: '', path }
}

function whiteSpaceBefore(index: DocumentIndex, node: ElementNode): string {
  let start = node.start
  while (start > 0 && [0x20, 0x09, 0x0a, 0x0d].includes(index.bytes[start - 1] ?? 0)) start--
  return latin1Slice(index.bytes, start, node.start)
}
