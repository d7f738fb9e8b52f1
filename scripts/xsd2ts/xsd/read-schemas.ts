import type { GeneratorConfig } from '../config.js'
import type { GlobalElement, SchemaModel, TypeId } from '../model/schema-model.js'
import { idOf, namedTypes } from '../model/walk.js'
import { readMethods } from '../wsdl/read-methods.js'
import { elementValue, orLeftOut } from './read-particles.js'
import { createReader, declaredValue, type SchemaReader } from './reader.js'
import { loadSchemaFiles } from './schema-document.js'
import { collectSymbols } from './symbols.js'

/** Front end for XML Schema and WSDL files: everything that they and what they refer to declare. */
export function readSchemas(files: readonly string[], config: GeneratorConfig = {}): SchemaModel {
  const { schemas, definitions } = loadSchemaFiles(files, config)
  const symbols = collectSymbols(schemas)
  const reader = createReader(symbols, config)
  for (const [id, { node }] of symbols.type) orLeftOut(() => declaredValue(reader, node, id))
  const elements: GlobalElement[] = []
  for (const [id, declaration] of symbols.element) {
    const name = declaration.node.attributes.get('name') ?? ''
    const value = orLeftOut(() => elementValue(reader, declaration, undefined))
    if (value !== undefined) elements.push({ name, namespace: id.slice(1, id.indexOf('}')), value })
  }
  dropUnused(reader, elements)
  return {
    source: config.source ?? files.map((file) => file.replace(/^.*[\\/]/, '')).join(', '),
    types: reader.types,
    elements,
    managedTypes: readMethods(definitions, elements),
    warnings: reader.warnings,
  }
}

/** Leaves out what only elements use that are never read, and restrictions that nothing refers to. */
function dropUnused(reader: SchemaReader, elements: readonly GlobalElement[]): void {
  const used = new Set<TypeId>()
  const use = (id: TypeId): void => {
    const type = reader.types.get(id)
    if (used.has(id) || type === undefined) return
    used.add(id)
    namedTypes(type).forEach(use)
  }
  for (const element of elements) idOf(element.value).forEach(use)
  const skipped = new Set(reader.skipped)
  for (const id of skipped) {
    const type = reader.types.get(id)
    if (type !== undefined) for (const inner of namedTypes(type)) skipped.add(inner)
  }
  for (const type of reader.types.values()) {
    if (type.form !== 'restriction' && !skipped.has(type.id) && !isOmitted(reader, type.name)) use(type.id)
  }
  for (const id of [...reader.types.keys()]) if (!used.has(id)) reader.types.delete(id)
}

function isOmitted(reader: SchemaReader, name: string): boolean {
  const patterns = reader.config.omitTypes ?? []
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
}
