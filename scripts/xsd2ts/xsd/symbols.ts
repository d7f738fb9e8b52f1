import { SourceError } from '../model/source-error.js'
import type { SchemaDocument } from './schema-document.js'
import { schemaChildren, type XmlNode } from './xml-node.js'

/** A declaration at the top of a schema. */
export interface Declaration {
  readonly node: XmlNode
  readonly document: SchemaDocument
}

export type SymbolSpace = 'type' | 'element' | 'attribute' | 'group' | 'attributeGroup'

/** All declarations by `{uri}name`, each kind in a space of its own. */
export type Symbols = Readonly<Record<SymbolSpace, ReadonlyMap<string, Declaration>>>

const spaces: Readonly<Record<string, SymbolSpace>> = {
  complexType: 'type',
  simpleType: 'type',
  element: 'element',
  attribute: 'attribute',
  group: 'group',
  attributeGroup: 'attributeGroup',
}
/** Without effect on the shape of values. */
const passedOver: ReadonlySet<string> = new Set(['include', 'import', 'notation'])

export function collectSymbols(documents: readonly SchemaDocument[]): Symbols {
  const symbols: Record<SymbolSpace, Map<string, Declaration>> = {
    type: new Map(),
    element: new Map(),
    attribute: new Map(),
    group: new Map(),
    attributeGroup: new Map(),
  }
  for (const document of documents) {
    for (const node of schemaChildren(document.node)) {
      const space = spaces[node.name]
      if (space === undefined) {
        if (passedOver.has(node.name)) continue
        throw new SourceError(node, `xs:${node.name} is not supported`)
      }
      const name = node.attributes.get('name')
      if (name === undefined) throw new SourceError(node, `xs:${node.name} has no name`)
      const id = `{${document.targetNamespace}}${name}`
      const before = symbols[space].get(id)
      if (before !== undefined) {
        throw new SourceError(
          node,
          `${name} is declared a second time; the first is at ${before.node.file}:${before.node.line}`,
        )
      }
      symbols[space].set(id, { node, document })
    }
  }
  return symbols
}
