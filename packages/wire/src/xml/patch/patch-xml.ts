import type { XmlElement } from '../element.js'
import { XmlEncodeError } from '../encode/encode-error.js'
import { canCarry, escapeText } from '../encode/escape.js'
import { writeXml } from '../encode/write-element.js'
import type { DocumentOptions } from '../scan/open-document.js'
import { type DocumentIndex, indexDocument } from './document-index.js'
import { findElement } from './find-element.js'
import { XmlPatchError } from './patch-error.js'
import { applySplices, insertElement, removeElement, replaceContent, type Splice } from './splice.js'

/** One change of a document. Paths are those of `findElement`. */
export type XmlEdit =
  /** The text of an element without children. */
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly remove: true }
  /** Another element in its place. */
  | { readonly path: string; readonly replace: XmlElement }
  /** A new child: behind the named child, or as the last one. */
  | { readonly path: string; readonly insert: XmlElement; readonly after?: string }

/**
 * Changes single elements of a document; everything else stays byte for byte as it came. Throws `XmlError` when the document
 * cannot be read, `XmlPatchError` when a path does not fit it.
 */
export function patchXml(input: Uint8Array, edits: readonly XmlEdit[], options: DocumentOptions = {}): Buffer {
  const index = indexDocument(input, options)
  return applySplices(
    index,
    edits.map((edit) => spliceOf(index, edit)),
  )
}

function spliceOf(index: DocumentIndex, edit: XmlEdit): Splice {
  const node = findElement(index, edit.path)
  if ('text' in edit) {
    if (node.children.length > 0) throw new XmlPatchError(edit.path, 'has child elements, which a text would replace')
    if (!canCarry(edit.text))
      throw new XmlEncodeError(edit.path, 'holds a character that XML cannot carry, such as a control character')
    return replaceContent(index, node, escapeText(edit.text), edit.path)
  }
  if ('remove' in edit) return removeElement(index, node, edit.path)
  if ('replace' in edit) {
    const outer = node.parent?.defaultNamespace ?? ''
    return { start: node.start, end: node.end, text: writeXml(edit.replace, outer), path: edit.path }
  }
  const xml = writeXml(edit.insert, node.defaultNamespace)
  const after =
    edit.after === undefined
      ? node.children.at(-1)
      : findElement(index, `${edit.path === '' ? '' : `${edit.path}/`}${edit.after}`)
  return insertElement(index, node, after, xml, edit.path)
}
