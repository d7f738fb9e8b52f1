import { parseXml } from '../read/parse-xml.js'
import { isLocalName } from '../scan/characters.js'
import { xsdUri, xsiUri } from '../scan/scan-state.js'
import type { XmlSchema } from '../schema/schema-part.js'
import { indexOfSchema } from '../schema/type-table.js'
import type { EncodeContext } from './encode-context.js'
import { encodeElement } from './encode-object.js'
import type { XmlInput } from './xml-input.js'

export interface EncoderOptions {
  /** Name of the root element. Default: the global element of the type, else the type's key. */
  readonly element?: string
  /** Namespace of the root element. Default: that of the type. */
  readonly namespace?: string
  /** Values of the attributes that types write by construction, such as `{ schemaVersion: 'V1_0' }`. */
  readonly constructed?: Readonly<Record<string, string>>
  /** XML written for rows of kind `skip`, by element name, such as `{ Metadata: '<Metadata><Atom/></Metadata>' }`. Default: nothing. */
  readonly placeholders?: Readonly<Record<string, string>>
  /** Lets through enumeration values that the schema does not list. Default false. */
  readonly unknownEnumerationValues?: boolean
  /**
   * Prefixes that the surroundings bind already, URI to prefix. Default: each element that
   * needs `xsi` or `xsd` binds it.
   */
  readonly bound?: Readonly<Record<string, string>>
  /** Starts with an XML declaration of UTF-8. Default false. */
  readonly declaration?: boolean
}

/** Writes values of one type as XML text. */
export interface XmlEncoder<Value> {
  /** Throws `XmlEncodeError` for a value that the schema forbids, naming its path. */
  encode(value: XmlInput<Value>): string
}

/** Prepares the encoder of a type: elements in schema order, in their namespaces, with `xsi:type` where a subtype is given. */
export function compileEncoder<Types extends object, Key extends keyof Types & string>(
  schema: XmlSchema<Types>,
  typeName: Key,
  options: EncoderOptions = {},
): XmlEncoder<Types[Key]> {
  const index = indexOfSchema(schema)
  const table = index.type(typeName)
  const namespace = options.namespace ?? table?.namespace ?? index.uris[0] ?? ''
  const element = options.element ?? globalElement(schema, namespace, typeName) ?? typeName
  if (!isLocalName(element)) throw new TypeError(`${element} cannot name an element: set the option element`)
  const placeholders = options.placeholders ?? {}
  for (const [name, xml] of Object.entries(placeholders)) {
    if (parseXml(xml).name !== name) throw new TypeError(`The placeholder of ${name} is another element`)
  }
  const prefixes = new Map(Object.entries(options.bound ?? {}))
  return {
    encode(value) {
      const context: EncodeContext = {
        index,
        constructed: options.constructed ?? {},
        placeholders,
        unknownEnumerationValues: options.unknownEnumerationValues === true,
        prefixes,
        depth: { value: 0 },
        out: options.declaration === true ? ['<?xml version="1.0" encoding="UTF-8"?>\n'] : [],
      }
      encodeElement(context, { name: element, namespace, outer: '' }, typeName, value, '')
      return context.out.join('')
    },
  }
}

function globalElement(schema: XmlSchema, namespace: string, typeName: string): string | undefined {
  const part = schema.parts.find((candidate) => candidate.namespace === namespace)
  return Object.entries(part?.elements ?? {}).find(([, kind]) => kind === typeName)?.[0]
}

/** The bindings of a usual SOAP envelope, for the option `bound`. */
export const soapBindings: Readonly<Record<string, string>> = { [xsiUri]: 'xsi', [xsdUri]: 'xsd' }
