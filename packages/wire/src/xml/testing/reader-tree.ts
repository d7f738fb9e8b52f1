import type { XmlElement } from '../element.js'
import { createXmlReader, type XmlReaderOptions } from '../read/xml-reader.js'
import type { ReadDocument } from './saxes-tree.js'

/** The document as our pull reader gives it, its bytes handed over in the given pieces. */
export function readWithReader(chunks: Iterable<Uint8Array>, options: XmlReaderOptions = {}): ReadDocument {
  const reader = createXmlReader(options)
  const pieces = chunks[Symbol.iterator]()
  const comments: string[] = []
  const instructions: string[] = []
  const root: { children: (XmlElement | string)[] } = { children: [] }
  const open: { children: (XmlElement | string)[] }[] = [root]
  for (;;) {
    const event = reader.next()
    const top = open.at(-1) ?? root
    if (event === 'finished') break
    if (event === 'need-input') {
      const piece = pieces.next()
      if (piece.done === true) reader.end()
      else {
        const copy = Uint8Array.from(piece.value)
        reader.push(copy)
      }
    } else if (event === 'start') {
      const element = { name: reader.name, namespace: reader.namespace, attributes: reader.attributes, children: [] }
      top.children.push(element)
      open.push(element)
    } else if (event === 'end') open.pop()
    else if (event === 'comment') comments.push(reader.text)
    else if (event === 'instruction') instructions.push(`${reader.name} ${reader.text}`)
    else if (reader.text !== '') {
      const last = top.children.at(-1)
      if (typeof last === 'string') top.children[top.children.length - 1] = last + reader.text
      else top.children.push(reader.text)
    }
  }
  const element = root.children[0]
  if (element === undefined || typeof element === 'string') throw new Error('no root element')
  return { root: element, comments, instructions }
}

/** Cuts bytes at the given borders, which may be in any order and repeat. */
export function cut(bytes: Uint8Array, borders: readonly number[]): Uint8Array[] {
  const sorted = [0, ...borders.map((border) => border % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((border, index) => bytes.subarray(sorted[index], border))
}
