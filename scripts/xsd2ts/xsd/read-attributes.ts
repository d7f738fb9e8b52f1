import type { Member, ValueKind } from '../model/schema-model.js'
import { SourceError } from '../model/source-error.js'
import { idOf } from '../model/walk.js'
import { readFacts } from './read-facts.js'
import { orLeftOut } from './read-particles.js'
import { simpleValueOf } from './read-simple-type.js'
import { findDeclaration, innerNaming, type Naming, type SchemaReader, warn } from './reader.js'
import type { SchemaDocument } from './schema-document.js'
import { qualifiedName, schemaChildren, type XmlNode } from './xml-node.js'

export interface Attributes {
  readonly members: readonly Member[]
  readonly constructed: readonly string[]
}

/** Reads the attributes of a type, those of attribute groups among them. Attributes that may have any name are not read. */
export function readAttributes(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
): Attributes {
  const members: Member[] = []
  const constructed: string[] = []
  for (const child of schemaChildren(node)) {
    if (child.name === 'attribute') {
      const member = readAttribute(reader, child, document, owner)
      if (member === undefined) continue
      if (reader.config.ignoreAttributes?.includes(member.name)) {
        for (const id of idOf(member.value)) reader.skipped.add(id)
        continue
      }
      if (Object.hasOwn(reader.config.constructedAttributes ?? {}, member.name)) constructed.push(member.name)
      else members.push(member)
    } else if (child.name === 'attributeGroup') {
      const inner = readAttributeGroup(reader, child, owner)
      members.push(...inner.members)
      constructed.push(...inner.constructed)
    }
  }
  return { members, constructed }
}

function readAttributeGroup(reader: SchemaReader, node: XmlNode, owner: Naming): Attributes {
  const reference = node.attributes.get('ref')
  if (reference === undefined) throw new SourceError(node, 'an attribute group inside of a type needs a ref')
  const found = orLeftOut(() => findDeclaration(reader, 'attributeGroup', node, qualifiedName(node, reference)))
  if (found === undefined) return { members: [], constructed: [] }
  return readAttributes(reader, found.node, found.document, owner)
}

function readAttribute(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
): Member | undefined {
  if (node.attributes.get('use') === 'prohibited') return undefined
  const reference = node.attributes.get('ref')
  const global = reference === undefined ? undefined : qualifiedName(node, reference)
  const form = node.attributes.get('form')
  const qualified = form === undefined ? document.attributesQualified : form === 'qualified'
  if ((global !== undefined && !global.startsWith('{}')) || (global === undefined && qualified)) {
    warn(reader, node, `the attribute ${reference ?? node.attributes.get('name')} is in a namespace and is not read`)
    return undefined
  }
  const declaration = global === undefined ? { node, document } : findDeclaration(reader, 'attribute', node, global)
  const name = declaration.node.attributes.get('name')
  if (name === undefined) throw new SourceError(node, 'an attribute has neither name nor ref')
  const value: ValueKind = simpleValueOf(
    reader,
    declaration.node,
    declaration.document,
    innerNaming(document, owner.name, name),
  )
  return {
    place: 'attribute',
    name,
    namespace: '',
    value,
    list: false,
    required: node.attributes.get('use') === 'required',
    facts: readFacts(reader.config, node),
  }
}
