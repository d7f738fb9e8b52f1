import type { Member, ValueKind } from '../model/schema-model.js'
import { SourceError } from '../model/source-error.js'
import { combine, type Occurrence, readOccurrence } from './occurrence.js'
import { readComplexType } from './read-complex-type.js'
import { readFacts } from './read-facts.js'
import { readSimpleType } from './read-simple-type.js'
import { findDeclaration, innerNaming, LeftOut, type Naming, referredValue, type SchemaReader } from './reader.js'
import type { SchemaDocument } from './schema-document.js'
import type { Declaration } from './symbols.js'
import { qualifiedName, schemaChildren, unsupported, type XmlNode } from './xml-node.js'

/** Reads a model group: its elements in wire order, those of a choice optional. */
export function readParticle(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
  around: Occurrence,
): Member[] {
  const occurrence = combine(around, readOccurrence(node))
  if (occurrence.never) return []
  switch (node.name) {
    case 'sequence':
    case 'all':
      return readSequence(reader, node, document, owner, occurrence)
    case 'choice':
      return readChoice(reader, node, document, owner, occurrence)
    case 'group':
      return readGroup(reader, node, owner, occurrence)
    case 'element':
      return readElement(reader, node, document, owner, occurrence)
    case 'any':
      return [wildcard(reader, node, occurrence)]
    default:
      throw unsupported(node)
  }
}

function readSequence(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
  occurrence: Occurrence,
): Member[] {
  const children = schemaChildren(node)
  if (occurrence.repeated && children.length > 1) {
    throw unsupported(node, 'a sequence of several elements that repeats as a whole would lose its order')
  }
  const members = children.flatMap((child) => readParticle(reader, child, document, owner, occurrence))
  members.forEach((member, index) => {
    const before = members.findIndex(
      (other) => other.place === member.place && other.name === member.name && other.namespace === member.namespace,
    )
    if (before !== index)
      throw new SourceError(
        node,
        `${member.name || 'a wildcard'} stands at two places of one sequence, which is not supported`,
      )
  })
  return members
}

/** Of an element that stands in several branches there is one member. */
function readChoice(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
  occurrence: Occurrence,
): Member[] {
  const inner = { ...occurrence, optional: true }
  const members: Member[] = []
  for (const member of schemaChildren(node).flatMap((child) => readParticle(reader, child, document, owner, inner))) {
    const index = members.findIndex(
      (other) => other.name === member.name && other.namespace === member.namespace && other.place === member.place,
    )
    const before = members[index]
    if (before === undefined) members.push(member)
    else if (JSON.stringify(before.value) !== JSON.stringify(member.value)) {
      throw new SourceError(node, `${member.name} has two types in one choice, which is not supported`)
    } else members[index] = { ...before, list: before.list || member.list }
  }
  return members
}

function readGroup(reader: SchemaReader, node: XmlNode, owner: Naming, occurrence: Occurrence): Member[] {
  const reference = node.attributes.get('ref')
  if (reference === undefined) throw unsupported(node, 'a group inside of a type needs a ref')
  const found = orLeftOut(() => findDeclaration(reader, 'group', node, qualifiedName(node, reference)))
  if (found === undefined) return []
  return schemaChildren(found.node).flatMap((child) => readParticle(reader, child, found.document, owner, occurrence))
}

/** Undefined for what refers into a namespace that may be missing. */
export function orLeftOut<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof LeftOut) return undefined
    throw error
  }
}

function readElement(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  owner: Naming,
  occurrence: Occurrence,
): Member[] {
  const member = orLeftOut(() => {
    const reference = node.attributes.get('ref')
    const declaration: Declaration =
      reference === undefined
        ? { node, document }
        : findDeclaration(reader, 'element', node, qualifiedName(node, reference))
    return elementMember(reader, node, declaration, reference !== undefined, owner, occurrence)
  })
  return member === undefined ? [] : [member]
}

function elementMember(
  reader: SchemaReader,
  node: XmlNode,
  declaration: Declaration,
  global: boolean,
  owner: Naming,
  occurrence: Occurrence,
): Member {
  const { document } = declaration
  const name = declaration.node.attributes.get('name')
  if (name === undefined) throw new SourceError(declaration.node, 'an element has neither name nor ref')
  const form = declaration.node.attributes.get('form')
  const qualified = global || (form === undefined ? document.elementsQualified : form === 'qualified')
  return {
    place: 'element',
    name,
    namespace: qualified ? document.targetNamespace : '',
    value: reader.config.skipElements?.includes(name)
      ? skippedValue(reader, declaration)
      : elementValue(reader, declaration, global ? undefined : owner),
    list: occurrence.repeated,
    required: !occurrence.optional && declaration.node.attributes.get('nillable') !== 'true',
    facts: readFacts(reader.config, node),
  }
}

function skippedValue(reader: SchemaReader, { node }: Declaration): ValueKind {
  const type = node.attributes.get('type')
  if (type !== undefined) reader.skipped.add(qualifiedName(node, type))
  return { primitive: 'skip' }
}

/** The value of an element: of its type, or of the type declared inside of it. */
export function elementValue(
  reader: SchemaReader,
  { node, document }: Declaration,
  owner: Naming | undefined,
): ValueKind {
  if (node.attributes.has('substitutionGroup')) {
    throw new SourceError(node, 'substitutionGroup is not supported; types are substituted by xsi:type only')
  }
  const type = node.attributes.get('type')
  if (type !== undefined) return referredValue(reader, node, type)
  const inner = schemaChildren(node).find((child) => child.name === 'simpleType' || child.name === 'complexType')
  if (inner === undefined) return { primitive: 'any' }
  const naming = innerNaming(document, owner?.name ?? '', node.attributes.get('name') ?? '')
  const known = reader.values.get(naming.id)
  if (known !== undefined) return known
  reader.values.set(naming.id, { type: naming.id })
  const value =
    inner.name === 'simpleType'
      ? readSimpleType(reader, inner, document, naming)
      : readComplexType(reader, inner, document, naming)
  reader.values.set(naming.id, value)
  return value
}

function wildcard(reader: SchemaReader, node: XmlNode, occurrence: Occurrence): Member {
  return {
    place: 'any',
    name: '',
    namespace: '',
    value: { primitive: 'any' },
    list: occurrence.repeated,
    required: false,
    facts: readFacts(reader.config, node),
  }
}
