import { noFacts } from '../model/facts.js'
import type { Enumeration, EnumerationValue, SimpleRestriction, ValueKind } from '../model/schema-model.js'
import { readFacets, readPattern } from './read-facets.js'
import { readFacts } from './read-facts.js'
import { declaredValue, innerNaming, type Naming, referredValue, type SchemaReader } from './reader.js'
import type { SchemaDocument } from './schema-document.js'
import { qualifiedName, schemaChildren, unsupported, type XmlNode } from './xml-node.js'

/** Reads `xs:simpleType`: an enumeration, a restriction, or just another name for what it stands on. */
export function readSimpleType(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  naming: Naming,
): ValueKind {
  const [content] = schemaChildren(node)
  switch (content?.name) {
    case 'restriction':
      return readRestriction(reader, content, document, naming)
    case 'union':
      return readUnion(reader, content, document, naming)
    case 'list':
      // A list of words in one text stays the text that it is on the wire.
      return { primitive: 'token' }
    default:
      throw unsupported(content ?? node, 'a simple type is a restriction, a list or a union')
  }
}

/** Reads the restriction of a simple type, or of the text of a complex one. */
export function readRestriction(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  naming: Naming,
): ValueKind {
  const base = restrictedValue(reader, node, document, naming)
  const facets = schemaChildren(node).filter(
    (child) => !['simpleType', 'attribute', 'attributeGroup', 'anyAttribute'].includes(child.name),
  )
  const values = facets.filter((facet) => facet.name === 'enumeration')
  const known = 'type' in base ? reader.types.get(base.type) : undefined
  if (values.length > 0 && isText(base, known?.form)) {
    return addEnumeration(
      reader,
      document,
      naming,
      node,
      values.map((value) => readValue(reader, value)),
      false,
    )
  }
  const limits = { ...readFacets(facets), ...readPattern(reader, facets) }
  if (Object.keys(limits).length === 0) return base
  const type: SimpleRestriction = {
    form: 'restriction',
    ...naming,
    namespace: document.targetNamespace,
    family: '',
    facts: readFacts(reader.config, node),
    base,
    ...limits,
  }
  reader.types.set(naming.id, type)
  return { type: naming.id }
}

function isText(base: ValueKind, form: string | undefined): boolean {
  if ('primitive' in base) return base.primitive === 'string' || base.primitive === 'token'
  return form === 'enumeration' || form === 'restriction'
}

function restrictedValue(reader: SchemaReader, node: XmlNode, document: SchemaDocument, naming: Naming): ValueKind {
  const base = node.attributes.get('base')
  if (base !== undefined) return referredValue(reader, node, base)
  const inner = schemaChildren(node).find((child) => child.name === 'simpleType')
  if (inner === undefined) throw unsupported(node, 'a restriction needs a base')
  return readSimpleType(reader, inner, document, innerNaming(document, naming.name, 'Base'))
}

function readValue(reader: SchemaReader, node: XmlNode): EnumerationValue {
  const value = node.attributes.get('value')
  if (value === undefined) throw unsupported(node, 'an enumeration needs a value')
  return { value, facts: readFacts(reader.config, node) }
}

/**
 * A union is what its members have in common. Texts that may only be empty add nothing to it: an empty element has no value.
 * Enumerations joined with plain text are an open enumeration.
 */
function readUnion(reader: SchemaReader, node: XmlNode, document: SchemaDocument, naming: Naming): ValueKind {
  const named = (node.attributes.get('memberTypes') ?? '').split(/\s+/).filter((name) => name !== '')
  const inner = schemaChildren(node)
  const members = [
    ...named.map((name) => referredValue(reader, node, name)),
    ...inner.map((child, index) =>
      readSimpleType(reader, child, document, innerNaming(document, naming.name, `Choice${index + 1}`)),
    ),
  ].filter((member) => !isEmptyText(reader, member))
  const enumerations = members.flatMap((member) => enumerationOf(reader, member) ?? [])
  const others = members.filter((member) => enumerationOf(reader, member) === undefined)
  if (enumerations.length > 0 && others.every((member) => isPlainText(member))) {
    const values = enumerations.flatMap((enumeration) => enumeration.values)
    const open = others.length > 0 || enumerations.some((enumeration) => enumeration.open)
    for (const { id } of enumerations) if (id.endsWith('#inner')) reader.types.delete(id)
    return addEnumeration(reader, document, naming, node, values, open)
  }
  const [first] = members
  const same = members.every((member) => JSON.stringify(member) === JSON.stringify(first))
  return first !== undefined && same ? first : { primitive: 'token' }
}

function enumerationOf(reader: SchemaReader, value: ValueKind): Enumeration | undefined {
  const type = 'type' in value ? reader.types.get(value.type) : undefined
  return type?.form === 'enumeration' ? type : undefined
}

function isPlainText(value: ValueKind): boolean {
  return 'primitive' in value && (value.primitive === 'string' || value.primitive === 'token')
}

function isEmptyText(reader: SchemaReader, value: ValueKind): boolean {
  const type = 'type' in value ? reader.types.get(value.type) : undefined
  return type?.form === 'restriction' && type.maxLength === 0
}

function addEnumeration(
  reader: SchemaReader,
  document: SchemaDocument,
  naming: Naming,
  node: XmlNode,
  values: readonly EnumerationValue[],
  open: boolean,
): ValueKind {
  const distinct = values.filter(({ value }, index) => values.findIndex((other) => other.value === value) === index)
  reader.types.set(naming.id, {
    form: 'enumeration',
    ...naming,
    namespace: document.targetNamespace,
    family: '',
    facts: reader.config.documentation === true ? readFacts(reader.config, node) : noFacts,
    values: distinct,
    open,
  })
  return { type: naming.id }
}

/** The value of `type="..."` or of a simple type inside of the node. */
export function simpleValueOf(
  reader: SchemaReader,
  node: XmlNode,
  document: SchemaDocument,
  naming: Naming,
): ValueKind {
  const named = node.attributes.get('type')
  const inner = schemaChildren(node).find((child) => child.name === 'simpleType')
  if (named !== undefined) {
    const id = qualifiedName(node, named)
    return reader.symbols.type.has(id) ? declaredValue(reader, node, id) : referredValue(reader, node, named)
  }
  return inner === undefined
    ? { primitive: reader.config.text ?? 'string' }
    : readSimpleType(reader, inner, document, naming)
}
