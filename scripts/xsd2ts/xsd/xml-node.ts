import { XMLParser } from 'fast-xml-parser'
import { SourceError, type SourcePlace } from '../model/source-error.js'

/** An element of an input file, with its place and the prefixes in scope. */
export interface XmlNode extends SourcePlace {
  readonly namespace: string
  readonly name: string
  /** Attributes without a prefix. */
  readonly attributes: ReadonlyMap<string, string>
  /** Attributes with a prefix, as `{uri}name`. */
  readonly foreign: ReadonlyMap<string, string>
  readonly children: readonly XmlNode[]
  readonly text: string
  readonly prefixes: ReadonlyMap<string, string>
}

export const xsdUri = 'http://www.w3.org/2001/XMLSchema'

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  captureMetaData: true,
})
const metaData = XMLParser.getMetaDataSymbol() as unknown as symbol // declared as Symbol, the wrapper type

type ParsedNode = Record<string, unknown> & { readonly ':@'?: Record<string, string> }

/** Reads a small XML document as a tree. Throws `SourceError` for what is not one element, or has a document type. */
export function parseXmlFile(file: string, text: string): XmlNode {
  if (text.includes('<!DOCTYPE')) {
    throw new SourceError({ file, line: lineOf(text, text.indexOf('<!DOCTYPE')) }, 'document types are not read')
  }
  const parsed = parseText(file, text)
  const roots = parsed.filter((node) => nameOf(node) !== undefined)
  const [root] = roots
  if (root === undefined || roots.length > 1) throw new SourceError({ file, line: 1 }, 'is not an XML document')
  return toNode(
    root,
    { file, text, lines: lineStarts(text) },
    new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]),
  )
}

function parseText(file: string, text: string): ParsedNode[] {
  try {
    // Throws on what is not well-formed in ways it knows; a schema with other faults shows them when it is read.
    return parser.parse(text, true)
  } catch (error) {
    const line = /Line:? ?(\d+)/i.exec(String(error))?.[1]
    throw new SourceError({ file, line: Number(line ?? 1) }, `is not well-formed: ${(error as Error).message}`)
  }
}

interface SourceText {
  readonly file: string
  readonly text: string
  readonly lines: readonly number[]
}

function nameOf(node: ParsedNode): string | undefined {
  return Object.keys(node).find((key) => key !== ':@' && key !== '#text' && !key.startsWith('?'))
}

function toNode(parsed: ParsedNode, source: SourceText, outer: ReadonlyMap<string, string>): XmlNode {
  const rawName = nameOf(parsed) ?? ''
  const raw = Object.entries(parsed[':@'] ?? {})
  const prefixes = new Map(outer)
  for (const [name, value] of raw) {
    if (name === 'xmlns') prefixes.set('', value)
    else if (name.startsWith('xmlns:')) prefixes.set(name.slice(6), value)
  }
  const place = { file: source.file, line: placeOf(parsed, source) }
  const attributes = new Map<string, string>()
  const foreign = new Map<string, string>()
  for (const [name, value] of raw) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    if (!name.includes(':')) attributes.set(name, value)
    else foreign.set(expand(name, prefixes, place), value)
  }
  const content = parsed[rawName] as ParsedNode[] // what the parser puts under an element's name
  const [namespace, name] = split(rawName, prefixes, place)
  return {
    ...place,
    namespace,
    name,
    attributes,
    foreign,
    children: content.filter((child) => nameOf(child) !== undefined).map((child) => toNode(child, source, prefixes)),
    text: content.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''),
    prefixes,
  }
}

function placeOf(parsed: ParsedNode, { text, lines }: SourceText): number {
  const meta = (parsed as unknown as Record<symbol, { startIndex?: number } | undefined>)[metaData]
  return lineOf(text, meta?.startIndex ?? 0, lines)
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineOf(text: string, index: number, starts: readonly number[] = lineStarts(text)): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle
  }
  return low + 1
}

function split(name: string, prefixes: ReadonlyMap<string, string>, place: SourcePlace): [string, string] {
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const uri = prefixes.get(prefix)
  if (uri === undefined && prefix !== '') throw new SourceError(place, `the prefix ${prefix} is not bound`)
  return [uri ?? '', name.slice(colon + 1)]
}

function expand(name: string, prefixes: ReadonlyMap<string, string>, place: SourcePlace): string {
  const [uri, local] = split(name, prefixes, place)
  return `{${uri}}${local}`
}

/** The `{uri}name` that an attribute's value stands for. */
export function qualifiedName(node: XmlNode, value: string): string {
  return expand(value, node.prefixes, node)
}

/** The children that are constructs of XML Schema; annotations and elements of other languages are left out. */
export function schemaChildren(node: XmlNode): XmlNode[] {
  return node.children.filter((child) => child.namespace === xsdUri && child.name !== 'annotation')
}

export function unsupported(node: XmlNode, why?: string): SourceError {
  return new SourceError(node, `xs:${node.name} is not supported here${why === undefined ? '' : `: ${why}`}`)
}
