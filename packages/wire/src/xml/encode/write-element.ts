import type { XmlElement } from '../element.js'
import { isLocalName } from '../scan/characters.js'
import { XmlEncodeError } from './encode-error.js'
import { canCarry, escapeAttribute, escapeText } from './escape.js'

const xmlUri = 'http://www.w3.org/XML/1998/namespace'

export interface WriteXmlOptions {
  /** `keep` writes control characters that XML 1.0 forbids, for a reader that keeps them too. Default `refuse`. */
  readonly controlCharacters?: 'refuse' | 'keep' | undefined
}

/**
 * An element as XML. Elements are written with default namespaces, attributes in a namespace with prefixes of our own.
 * `outer` is the default namespace at the place where the text will stand.
 */
export function writeXml(element: XmlElement, outer: string = '', options: WriteXmlOptions = {}): string {
  const out: string[] = []
  const carries = options.controlCharacters === 'keep' ? () => true : canCarry
  write(element, outer, out, element.name, carries)
  return out.join('')
}

function write(
  element: XmlElement,
  outer: string,
  out: string[],
  path: string,
  carries: (text: string) => boolean,
): void {
  if (!isLocalName(element.name)) throw new XmlEncodeError(path, 'has a name that XML does not allow')
  out.push('<', element.name)
  if (element.namespace !== outer) out.push(' xmlns="', escapeAttribute(element.namespace), '"')
  let prefixes = 0
  for (const { name, namespace, value } of element.attributes) {
    if (!isLocalName(name) || (namespace === '' && name === 'xmlns'))
      throw new XmlEncodeError(path, 'has an attribute whose name XML does not allow')
    if (!carries(value) || !carries(namespace))
      throw new XmlEncodeError(path, 'has an attribute with a character that XML cannot carry')
    if (namespace === '') out.push(' ', name)
    else if (namespace === xmlUri) out.push(' xml:', name)
    else {
      out.push(` xmlns:a${prefixes}="`, escapeAttribute(namespace), `" a${prefixes}:`, name)
      prefixes++
    }
    out.push('="', escapeAttribute(value), '"')
  }
  if (element.children.length === 0) {
    out.push('/>')
    return
  }
  out.push('>')
  for (const child of element.children) {
    if (typeof child !== 'string') write(child, element.namespace, out, `${path}/${child.name}`, carries)
    else if (carries(child)) out.push(escapeText(child))
    else throw new XmlEncodeError(path, 'has a text with a character that XML cannot carry')
  }
  out.push('</', element.name, '>')
}
