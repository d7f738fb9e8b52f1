import { type UnknownObject, writeXml, type XmlElement } from '@dcm/wire/xml'
import { decoderOf, lenient, type VimSchema } from './codec.js'

const xsiUri = 'http://www.w3.org/2001/XMLSchema-instance'

/** Whether a value arrived whose type the schema in use did not have. */
export function isUnknown(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && '_type' in value && value._type === '$unknown'
}

/** Reads an element that was kept as a tree, with a schema that knows more: by its `xsi:type`, or as the type that is given. */
export function decodeLater(schema: VimSchema, element: XmlElement, type?: string): unknown {
  const attributes = type === undefined ? element.attributes : element.attributes.filter(isNotItsType)
  const text = writeXml({ ...element, attributes }, '', lenient)
  // Names of simple types inside carry the prefix that servers bind at the envelope.
  const bound = text.replace(/^<([^\s/>]+)/, '<$1 xmlns:xsd="http://www.w3.org/2001/XMLSchema"')
  return decoderOf(schema, type ?? 'any').decode(bound, lenient)
}

function isNotItsType({ name, namespace }: { readonly name: string; readonly namespace: string }): boolean {
  return name !== 'type' || namespace !== xsiUri
}
