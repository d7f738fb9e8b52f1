import { SaxesParser } from 'saxes'
import type { XmlAttribute, XmlElement } from '../element.js'

/** A document as both readers of a comparison can state it: the root, and comments and instructions in the order met. */
export interface ReadDocument {
  readonly root: XmlElement
  readonly comments: readonly string[]
  readonly instructions: readonly string[]
}

interface OpenTree {
  name: string
  namespace: string
  attributes: XmlAttribute[]
  children: (XmlElement | string)[]
}

/** The document as saxes reads it, with namespaces. Throws what saxes throws. */
export function readWithSaxes(text: string): ReadDocument {
  const parser = new SaxesParser({ xmlns: true })
  const comments: string[] = []
  const instructions: string[] = []
  const open: OpenTree[] = [{ name: '', namespace: '', attributes: [], children: [] }]
  const top = (): OpenTree => open.at(-1) as OpenTree // the outermost one is never popped
  const addText = (value: string): void => {
    const { children } = top()
    const last = children.at(-1)
    if (open.length === 1 || value === '') return
    if (typeof last === 'string') children[children.length - 1] = last + value
    else children.push(value)
  }
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes)
      .filter((attribute) => attribute.uri !== 'http://www.w3.org/2000/xmlns/')
      .map((attribute) => ({ name: attribute.local, namespace: attribute.uri, value: attribute.value }))
    open.push({ name: tag.local, namespace: tag.uri, attributes, children: [] })
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (element !== undefined) top().children.push(element)
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('comment', (value) => comments.push(value))
  parser.on('processinginstruction', ({ target, body }) => instructions.push(`${target} ${body}`))
  parser.write(text).close()
  const root = top().children.find((child) => typeof child !== 'string')
  if (root === undefined || typeof root === 'string') throw new Error('no root element')
  return { root, comments, instructions }
}
