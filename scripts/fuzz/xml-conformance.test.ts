import { isDeepStrictEqual } from 'node:util'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { XmlElement } from '../../packages/wire/src/xml/element.js'
import { parseXml } from '../../packages/wire/src/xml/read/parse-xml.js'
import { recordedDocuments } from '../../packages/wire/src/xml/testing/recordings.js'

/** What fast-xml-parser and we can both state: names without prefix, attributes, texts and elements in their order. */
interface PlainElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (PlainElement | string)[]
}

type OrderedNode = Readonly<Record<string, unknown>>

const attributesKey = ':@'
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
})

function fromOrdered(nodes: readonly OrderedNode[]): (PlainElement | string)[] {
  const children: (PlainElement | string)[] = []
  for (const node of nodes) {
    const name = Object.keys(node).find((key) => key !== attributesKey) ?? ''
    if (name.startsWith('?')) continue
    if (name !== '#text') {
      const attributes = Object.entries((node[attributesKey] ?? {}) as Record<string, string>) // texts: parsing is off
        .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
        .map(([key, value]) => [localName(key), value])
      const inner = fromOrdered(node[name] as OrderedNode[]) // preserveOrder gives lists
      children.push({ name: localName(name), attributes: Object.fromEntries(attributes), children: inner })
      continue
    }
    const last = children.at(-1)
    const text = String(node[name])
    if (typeof last === 'string') children[children.length - 1] = last + text
    else children.push(text)
  }
  return children
}

function fromElement({ name, attributes, children }: XmlElement): PlainElement {
  return {
    name,
    attributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.value])),
    children: children.map((child) => (typeof child === 'string' ? child : fromElement(child))),
  }
}

/** fast-xml-parser knows no namespaces, so only local names can be compared. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

// Not those that are no well-formed documents: one recording on purpose, requests for want of the envelope around them.
const documents = recordedDocuments()?.filter(({ name }) => !name.startsWith('126-') && !name.endsWith(' request'))

describe.skipIf(documents === undefined)('recorded documents', () => {
  it('are read as fast-xml-parser reads them, where it conforms', () => {
    const different: string[] = []
    for (const { name, bytes } of documents ?? []) {
      const root = fromOrdered(parser.parse(bytes) as OrderedNode[]).find((child) => typeof child !== 'string')
      if (!isDeepStrictEqual(fromElement(parseXml(bytes)), root)) different.push(name)
    }
    expect(different).toEqual([])
    expect(documents?.length).toBeGreaterThan(100)
  })
})
