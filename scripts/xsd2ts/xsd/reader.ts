import type { GeneratorConfig } from '../config.js'
import type { TypeId, TypeModel, ValueKind } from '../model/schema-model.js'
import { SourceError } from '../model/source-error.js'
import { builtInKind } from './built-in-types.js'
import { readComplexType } from './read-complex-type.js'
import { readSimpleType } from './read-simple-type.js'
import type { SchemaDocument } from './schema-document.js'
import type { Declaration, Symbols } from './symbols.js'
import { qualifiedName, type XmlNode, xsdUri } from './xml-node.js'

/** What all functions that read a schema share. Types are read when something first refers to them. */
export interface SchemaReader {
  readonly config: GeneratorConfig
  readonly symbols: Symbols
  readonly types: Map<TypeId, TypeModel>
  /** What each declared type turned out to be: some are mere names for another. */
  readonly values: Map<TypeId, ValueKind>
  readonly warnings: string[]
  /** Types of elements that are never read. */
  readonly skipped: Set<TypeId>
}

export function createReader(symbols: Symbols, config: GeneratorConfig): SchemaReader {
  return { config, symbols, types: new Map(), values: new Map(), warnings: [], skipped: new Set() }
}

/** Thrown for a reference into a namespace that may be missing; whatever holds the reference is left out. */
export class LeftOut extends Error {}

/** The value of a type that `attribute` of the node names. */
export function referredValue(reader: SchemaReader, node: XmlNode, name: string): ValueKind {
  const id = qualifiedName(node, name)
  if (id.startsWith(`{${xsdUri}}`)) {
    const kind = builtInKind(id.slice(xsdUri.length + 2), reader.config.text ?? 'string')
    if (kind === undefined) throw new SourceError(node, `XML Schema has no type ${name}`)
    return { primitive: kind }
  }
  return declaredValue(reader, node, id)
}

export function declaredValue(reader: SchemaReader, node: XmlNode, id: TypeId): ValueKind {
  const known = reader.values.get(id)
  if (known !== undefined) return known
  return readDeclared(reader, id, findDeclaration(reader, 'type', node, id))
}

function readDeclared(reader: SchemaReader, id: TypeId, { node, document }: Declaration): ValueKind {
  const name = node.attributes.get('name') ?? ''
  const naming = { id, name, wireName: name }
  // Types refer to themselves and to each other in circles, so the name stands for the type while it is read.
  reader.values.set(id, { type: id })
  const value =
    node.name === 'simpleType'
      ? readSimpleType(reader, node, document, naming)
      : readComplexType(reader, node, document, naming)
  reader.values.set(id, value)
  return value
}

export function findDeclaration(reader: SchemaReader, space: keyof Symbols, node: XmlNode, id: string): Declaration {
  const declaration = reader.symbols[space].get(id)
  if (declaration !== undefined) return declaration
  const uri = id.slice(1, id.indexOf('}'))
  if (reader.config.optionalNamespaces?.includes(uri) || reader.config.omitNamespaces?.includes(uri))
    throw new LeftOut(id)
  throw new SourceError(node, `refers to the ${space} ${id}, which is in none of the files`)
}

/** How a type that is being read is called. */
export interface Naming {
  readonly id: TypeId
  readonly name: string
  readonly wireName: string | undefined
}

/** The name of a type that is declared inside of an element or attribute. */
export function innerNaming(document: SchemaDocument, outer: string, name: string): Naming {
  const inner = `${outer}${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return { id: `{${document.targetNamespace}}${inner}#inner`, name: inner, wireName: undefined }
}

export function warn(reader: SchemaReader, node: XmlNode, message: string): void {
  reader.warnings.push(`${node.file}:${node.line}: ${message}`)
}
