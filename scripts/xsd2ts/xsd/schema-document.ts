import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { GeneratorConfig } from '../config.js'
import { SourceError } from '../model/source-error.js'
import { parseXmlFile, schemaChildren, type XmlNode, xsdUri } from './xml-node.js'

/** One `xs:schema` element with what applies to all it declares. */
export interface SchemaDocument {
  readonly node: XmlNode
  readonly targetNamespace: string
  readonly elementsQualified: boolean
  readonly attributesQualified: boolean
}

/** Everything that is read of a set of files: their schemas, and the WSDL definitions that held some of them. */
export interface LoadedFiles {
  readonly schemas: readonly SchemaDocument[]
  readonly definitions: readonly XmlNode[]
}

const wsdlUri = 'http://schemas.xmlsoap.org/wsdl/'

/** Reads schema and WSDL files with all they include and import, each once, however they refer to each other. */
export function loadSchemaFiles(files: readonly string[], config: GeneratorConfig = {}): LoadedFiles {
  const schemas: SchemaDocument[] = []
  const definitions: XmlNode[] = []
  const parsed = new Map<string, XmlNode>()
  const seen = new Set<string>()

  function load(file: string, includedInto: string | undefined, from: XmlNode | undefined): void {
    if (!existsSync(file)) throw missing(file, from)
    const root = parsed.get(file) ?? parseXmlFile(file, readFileSync(file, 'utf8'))
    parsed.set(file, root)
    // A schema without namespace is another one for each namespace that it is included into.
    const key = root.attributes.has('targetNamespace') ? file : `${file}|${includedInto ?? ''}`
    if (seen.has(key)) return
    seen.add(key)
    if (root.namespace === wsdlUri && root.name === 'definitions') loadDefinitions(root)
    else if (root.namespace === xsdUri && root.name === 'schema') loadSchema(root, includedInto)
    else throw new SourceError(root, `is neither an XML Schema nor a WSDL file: its root is ${root.name}`)
  }

  function loadDefinitions(root: XmlNode): void {
    definitions.push(root)
    for (const child of root.children) {
      const location = child.attributes.get('location')
      if (child.name === 'import' && location !== undefined)
        load(resolve(dirname(root.file), location), undefined, child)
      if (child.name !== 'types') continue
      for (const schema of child.children) if (schema.namespace === xsdUri) loadSchema(schema, undefined)
    }
  }

  function loadSchema(root: XmlNode, includedInto: string | undefined): void {
    const own = root.attributes.get('targetNamespace')
    // A schema without namespace takes that of the schema which includes it.
    const targetNamespace = own ?? includedInto ?? ''
    schemas.push({
      node: root,
      targetNamespace,
      elementsQualified: root.attributes.get('elementFormDefault') === 'qualified',
      attributesQualified: root.attributes.get('attributeFormDefault') === 'qualified',
    })
    for (const child of schemaChildren(root)) {
      const location = child.attributes.get('schemaLocation')
      if (child.name === 'redefine') throw new SourceError(child, 'xs:redefine is not supported: state the types anew')
      if (location === undefined || (child.name !== 'include' && child.name !== 'import')) continue
      const file = resolve(dirname(root.file), location)
      const uri = child.name === 'include' ? targetNamespace : (child.attributes.get('namespace') ?? '')
      if (config.omitNamespaces?.includes(uri)) continue
      if (config.optionalNamespaces?.includes(uri) && !existsSync(file)) continue
      load(file, child.name === 'include' ? targetNamespace : undefined, child)
    }
  }

  for (const file of files) load(resolve(file), undefined, undefined)
  return { schemas, definitions }
}

function missing(file: string, from: XmlNode | undefined): Error {
  if (from === undefined) return new Error(`There is no file ${file}`)
  return new SourceError(
    from,
    `refers to ${file}, which does not exist; name its namespace in optionalNamespaces to go without`,
  )
}
