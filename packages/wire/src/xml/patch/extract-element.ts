import { escapeAttribute } from '../encode/escape.js'
import type { DocumentOptions } from '../scan/open-document.js'
import { utf8Slice } from '../scan/slices.js'
import { indexDocument } from './document-index.js'
import { findElement } from './find-element.js'

/**
 * One element of a document as a document of its own, in UTF-8: its bytes as they came, and on its start tag the namespaces that
 * were bound further out and are used inside. The payload of an Atom entry leaves this way to be patched and sent back.
 */
export function extractElement(input: Uint8Array, path: string, options: DocumentOptions = {}): Buffer {
  const index = indexDocument(input, options)
  const node = findElement(index, path)
  const tag = utf8Slice(index.bytes, node.nameEnd, node.contentStart)
  const whole = utf8Slice(index.bytes, node.start, node.end)
  const missing = new Map(node.bindings)
  let declarations = ''
  for (const [prefix, uri] of missing) {
    const declares =
      prefix === '' ? /\sxmlns\s*=/.test(tag) : new RegExp(`\\sxmlns:${escapePattern(prefix)}\\s*=`).test(tag)
    const used = prefix === '' ? uri !== '' : whole.includes(`${prefix}:`)
    if (declares || !used) continue
    declarations += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(uri)}"`
  }
  return Buffer.concat([
    index.bytes.subarray(node.start, node.nameEnd),
    Buffer.from(declarations, 'utf8'),
    index.bytes.subarray(node.nameEnd, node.end),
  ])
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
