import type { ComplexType, Member, TypeId, ValueKind } from '../model/schema-model.js'
import { SourceError } from '../model/source-error.js'
import { once } from './occurrence.js'
import { readAttributes } from './read-attributes.js'
import { readFacts } from './read-facts.js'
import { readParticle } from './read-particles.js'
import { readRestriction } from './read-simple-type.js'
import { innerNaming, type Naming, referredValue, type SchemaReader, warn } from './reader.js'
import type { SchemaDocument } from './schema-document.js'
import { schemaChildren, unsupported, type XmlNode } from './xml-node.js'

const particles: ReadonlySet<string> = new Set(['sequence', 'choice', 'all', 'group'])
const attributes: ReadonlySet<string> = new Set(['attribute', 'attributeGroup', 'anyAttribute'])

/** Reads `xs:complexType`. One that adds nothing to text is the text, one of wildcards alone is the element as it comes. */
export function readComplexType(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  naming: Naming,
): ValueKind {
  const content = schemaChildren(node).find(
    (child) => child.name === 'simpleContent' || child.name === 'complexContent',
  )
  if (content?.name === 'simpleContent') return readSimpleContent(reader, node, content, document, naming)
  const derivation = content === undefined ? undefined : derivationOf(content)
  const body = derivation ?? node
  const base = derivation === undefined ? undefined : baseOf(reader, derivation)
  const mixed = (content ?? node).attributes.get('mixed') === 'true' || node.attributes.get('mixed') === 'true'
  // A restriction states again what its base has and takes things away: its values are values of the base.
  const own =
    derivation?.name === 'restriction' && base !== undefined ? [] : readMembers(reader, body, document, naming)
  const { members: attributeMembers, constructed } = readAttributes(reader, body, document, naming)
  const members = [...(derivation?.name === 'restriction' ? [] : attributeMembers), ...own]
  if (base === undefined && isOpaque(members, mixed)) return { primitive: 'raw' }
  if (mixed) warn(reader, node, `text between the elements of ${naming.name} is not read`)
  return addType(reader, node, document, naming, base, members, constructed)
}

function derivationOf(content: XmlNode): XmlNode {
  const [derivation] = schemaChildren(content)
  if (derivation?.name === 'extension' || derivation?.name === 'restriction') return derivation
  throw unsupported(derivation ?? content, 'the content of a type extends or restricts another')
}

function baseOf(reader: SchemaReader, derivation: XmlNode): TypeId | undefined {
  const name = derivation.attributes.get('base')
  if (name === undefined) throw unsupported(derivation, 'it needs a base')
  const value = referredValue(reader, derivation, name)
  if ('type' in value) return value.type
  if (value.primitive === 'any') return undefined
  throw new SourceError(derivation, `extends ${name}, which has no elements`)
}

function readMembers(reader: SchemaReader, node: XmlNode, document: SchemaDocument, naming: Naming): Member[] {
  return schemaChildren(node).flatMap((child) => {
    if (particles.has(child.name)) return readParticle(reader, child, document, naming, once)
    if (attributes.has(child.name)) return []
    throw unsupported(child)
  })
}

/** Nothing but wildcards: what it holds is known to nobody. Mixed content without elements of its own as well. */
function isOpaque(members: readonly Member[], mixed: boolean): boolean {
  if (members.some((member) => member.place !== 'any')) return false
  return mixed || members.length > 0
}

/** Text with attributes. Without attributes that count it is the text alone. */
function readSimpleContent(
  reader: SchemaReader,
  node: XmlNode,
  content: XmlNode,
  document: SchemaDocument,
  naming: Naming,
): ValueKind {
  const derivation = derivationOf(content)
  const { members, constructed } = readAttributes(reader, derivation, document, naming)
  const name = derivation.attributes.get('base')
  if (name === undefined) throw unsupported(derivation, 'it needs a base')
  const stated = referredValue(reader, derivation, name)
  const base = 'type' in stated ? reader.types.get(stated.type) : undefined
  if (base?.form === 'complex') return addType(reader, node, document, naming, base.id, members, constructed)
  const text =
    derivation.name === 'extension'
      ? stated
      : readRestriction(reader, derivation, document, innerNaming(document, naming.name, 'Text'))
  if (members.length === 0) return text
  const taken = members.some((member) => member.name === 'value')
  const textMember: Member = {
    place: 'text',
    name: taken ? 'text' : 'value',
    namespace: '',
    value: text,
    list: false,
    required: false,
    facts: {},
  }
  return addType(reader, node, document, naming, undefined, [...members, textMember], constructed)
}

function addType(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  naming: Naming,
  base: TypeId | undefined,
  members: readonly Member[],
  constructed: readonly string[],
): ValueKind {
  const type: ComplexType = {
    form: 'complex',
    ...naming,
    namespace: document.targetNamespace,
    family: '',
    facts: readFacts(reader.config, node),
    base,
    abstract: node.attributes.get('abstract') === 'true',
    members,
    constructedAttributes: constructed,
  }
  reader.types.set(naming.id, type)
  return { type: naming.id }
}
