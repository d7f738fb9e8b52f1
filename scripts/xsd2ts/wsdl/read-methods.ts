import type { GlobalElement, ManagedType, Method, ValueKind } from '../model/schema-model.js'
import { SourceError } from '../model/source-error.js'
import { qualifiedName, type XmlNode } from '../xsd/xml-node.js'

/** The operations of every port type. A WSDL does not say which objects have them, so each port type is one owner. */
export function readMethods(definitions: readonly XmlNode[], elements: readonly GlobalElement[]): ManagedType[] {
  const messages = new Map(
    definitions.flatMap((root) =>
      root.children
        .filter((node) => node.name === 'message')
        .map((node) => [`{${root.attributes.get('targetNamespace')}}${node.attributes.get('name')}`, node] as const),
    ),
  )
  const types = new Map(elements.map((element) => [`{${element.namespace}}${element.name}`, element.value]))
  const portTypes = definitions.flatMap((root) => root.children.filter((node) => node.name === 'portType'))
  return portTypes.map((portType) => ({
    name: portType.attributes.get('name') ?? '',
    base: undefined,
    properties: [],
    facts: {},
    methods: portType.children
      .filter((node) => node.name === 'operation')
      .map((operation) => readOperation(operation, messages, types)),
  }))
}

function readOperation(
  operation: XmlNode,
  messages: ReadonlyMap<string, XmlNode>,
  types: ReadonlyMap<string, ValueKind>,
): Method {
  const typeOf = (direction: 'input' | 'output'): string => {
    const node = operation.children.find((child) => child.name === direction)
    if (node === undefined)
      throw new SourceError(operation, `has no ${direction}; one-way operations are not supported`)
    const element = elementOf(node, messages)
    const value = types.get(element)
    if (value === undefined || !('type' in value)) throw new SourceError(node, `${element} has no type with elements`)
    return value.type
  }
  const faults = operation.children
    .filter((child) => child.name === 'fault')
    .map((node) =>
      elementOf(node, messages)
        .replace(/^.*\}/, '')
        .replace(/Fault$/, ''),
    )
  return {
    name: operation.attributes.get('name') ?? '',
    request: typeOf('input'),
    response: typeOf('output'),
    faults,
    facts: {},
  }
}

/** The element that is the body of a message: document/literal style has one part. */
function elementOf(node: XmlNode, messages: ReadonlyMap<string, XmlNode>): string {
  const name = qualifiedName(node, node.attributes.get('message') ?? '')
  const message = messages.get(name)
  const parts = message?.children.filter((child) => child.name === 'part') ?? []
  const element = parts[0]?.attributes.get('element')
  if (parts.length !== 1 || parts[0] === undefined || element === undefined) {
    throw new SourceError(
      message ?? node,
      `${name} is not one part with an element; only document/literal messages are supported`,
    )
  }
  return qualifiedName(parts[0], element)
}
