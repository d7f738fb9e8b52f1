import type { EncoderOptions } from '../encode/compile-encoder.js'
import type { EncodeContext } from '../encode/encode-context.js'
import { joinPath } from '../encode/encode-context.js'
import { XmlEncodeError } from '../encode/encode-error.js'
import { encodeElement } from '../encode/encode-object.js'
import { isSimpleKind, simpleText } from '../encode/encode-simple.js'
import { escapeText } from '../encode/escape.js'
import type { DocumentOptions } from '../scan/open-document.js'
import type { XmlSchema } from '../schema/schema-part.js'
import { extendsType, indexOfSchema, type Row, type TypeTable } from '../schema/type-table.js'
import { type DocumentIndex, type ElementNode, indexDocument } from './document-index.js'
import { elementText } from './element-text.js'
import { findElement } from './find-element.js'
import { XmlPatchError } from './patch-error.js'
import { applySplices, insertElement, removeElement, replaceContent, type Splice } from './splice.js'

/** Changes of a list: by position in the document (from 0), then what is added at its end. */
export interface ListChanges<Item> {
  readonly change?: Readonly<Record<number, Changes<Item>>>
  readonly remove?: readonly number[]
  readonly append?: readonly Item[]
}

/** What is to be different: properties that are absent or undefined stay, null removes the element. */
export type Changes<Value> = Value extends readonly (infer Item)[]
  ? ListChanges<Item>
  : Value extends object
    ? { readonly [Key in keyof Value]?: Changes<NonNullable<Value[Key]>> | null | undefined }
    : Value

export interface PatchOptions
  extends DocumentOptions,
    Pick<EncoderOptions, 'constructed' | 'placeholders' | 'unknownEnumerationValues'> {
  /** Path from the root to the element of the type, such as `content/LogicalPartition`. Default: the root itself. */
  readonly at?: string
}

interface Patch {
  readonly index: DocumentIndex
  readonly context: Omit<EncodeContext, 'out'>
  readonly splices: Splice[]
  /** What goes into empty element tags, which become two tags once. */
  readonly fillings: Map<ElementNode, { readonly path: string; xml: string }>
}

/**
 * Changes a document that was read, by the property names of its type. Existing elements keep their attributes and place, new
 * ones come where the schema wants them, and every other byte stays as it came: unknown elements, order, comments, white space.
 * A property set to what it is already changes nothing.
 *
 * Throws `XmlEncodeError` for a value that the schema forbids, `XmlPatchError` where the document lacks the place, `XmlError`
 * when it cannot be read.
 */
export function patchValue<Types extends object, Key extends keyof Types & string>(
  schema: XmlSchema<Types>,
  typeName: Key,
  input: Uint8Array,
  changes: Changes<Types[Key]>,
  options: PatchOptions = {},
): Buffer {
  const schemaIndex = indexOfSchema(schema)
  const table = schemaIndex.type(typeName)
  if (table === undefined) throw new TypeError(`The schema has no type ${typeName}`)
  const index = indexDocument(input, options)
  const patch: Patch = {
    index,
    splices: [],
    fillings: new Map(),
    context: {
      index: schemaIndex,
      constructed: options.constructed ?? {},
      placeholders: options.placeholders ?? {},
      unknownEnumerationValues: options.unknownEnumerationValues === true,
      prefixes: new Map(),
      depth: { value: 0 },
    },
  }
  patchObject(patch, findElement(index, options.at ?? ''), table, changes, '')
  for (const [node, { path, xml }] of patch.fillings) patch.splices.push(replaceContent(index, node, xml, path))
  return applySplices(index, patch.splices)
}

function patchObject(patch: Patch, node: ElementNode, declared: TypeTable, changes: unknown, path: string): void {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    throw new XmlEncodeError(path, 'must be an object of changes')
  }
  const table = typeOfNode(patch, node, declared)
  for (const property of Object.keys(changes)) {
    if (property === '_type' || table.rows.some((row) => row.property === property)) continue
    throw new XmlEncodeError(joinPath(path, property), `is not a property of ${table.key}`)
  }
  // In schema order, because new elements that find the same place come in the order of their changes.
  for (const row of table.rows) {
    const change: unknown = Object.hasOwn(changes, row.property) ? Reflect.get(changes, row.property) : undefined
    if (change === undefined) continue
    const inner = joinPath(path, row.property)
    if (row.place !== 'element') throw new XmlPatchError(inner, 'is not an element: attributes cannot be patched')
    patchRow(patch, node, table, row, change, inner)
  }
}

function typeOfNode(patch: Patch, node: ElementNode, declared: TypeTable): TypeTable {
  if (node.xsiType === undefined) return declared
  const table = patch.context.index.typeOfWireName(node.xsiType.namespace, node.xsiType.name)
  return table !== undefined && extendsType(table, declared) ? table : declared
}

function patchRow(patch: Patch, node: ElementNode, table: TypeTable, row: Row, change: unknown, path: string): void {
  const present = node.children.filter((child) => child.name === row.name && child.namespace === row.namespace)
  if (row.list) {
    patchList(patch, node, table, row, present, change, path)
    return
  }
  const [only, second] = present
  if (second !== undefined)
    throw new XmlPatchError(path, 'stands more than once in the document, though the schema knows it once')
  if (change === null) {
    if (row.required) throw new XmlEncodeError(path, 'is required')
    if (only !== undefined) patch.splices.push(removeElement(patch.index, only, path))
    return
  }
  if (only === undefined) insert(patch, node, table, row, encode(patch, node, row, change, path), path)
  else patchElement(patch, node, only, row, change, path)
}

/** Changes an element that is there. */
function patchElement(
  patch: Patch,
  parent: ElementNode,
  node: ElementNode,
  row: Row,
  change: unknown,
  path: string,
): void {
  if (isSimpleKind(patch.context.index, row.kind)) {
    const text = simpleText({ ...patch.context, out: [] }, row.kind, change, path)
    const now = elementText(patch.index, node)
    const same = now === text || (row.kind !== 'string' && now.trim() === text)
    if (!same) patch.splices.push(replaceContent(patch.index, node, escapeText(text), path))
    return
  }
  const inner = patch.context.index.type(row.kind)
  if (inner !== undefined) {
    patchObject(patch, node, inner, change, path)
    return
  }
  patch.splices.push({ start: node.start, end: node.end, text: encode(patch, parent, row, change, path), path })
}

function patchList(
  patch: Patch,
  node: ElementNode,
  table: TypeTable,
  row: Row,
  present: readonly ElementNode[],
  change: unknown,
  path: string,
): void {
  if (change === null) {
    for (const item of present) patch.splices.push(removeElement(patch.index, item, path))
    return
  }
  if (typeof change !== 'object' || Array.isArray(change)) {
    throw new XmlEncodeError(path, 'is a list: give { change, remove, append }, so that no item is lost by omission')
  }
  const { change: changed = {}, remove = [], append = [] } = change as ListChanges<unknown> // checked below, item by item
  const itemAt = (position: number): ElementNode => {
    const item = present[position]
    if (item === undefined)
      throw new XmlPatchError(`${path}[${position}]`, `is not in the document, which has ${present.length}`)
    return item
  }
  for (const [position, value] of Object.entries(changed)) {
    patchElement(patch, node, itemAt(Number(position)), row, value, `${path}[${position}]`)
  }
  for (const position of remove)
    patch.splices.push(removeElement(patch.index, itemAt(position), `${path}[${position}]`))
  append.forEach((item, offset) => {
    const inner = `${path}[${present.length + offset}]`
    insert(patch, node, table, row, encode(patch, node, row, item, inner), inner)
  })
}

function encode(patch: Patch, parent: ElementNode, row: Row, value: unknown, path: string): string {
  const context: EncodeContext = { ...patch.context, out: [] }
  encodeElement(
    context,
    { name: row.name, namespace: row.namespace, outer: parent.defaultNamespace },
    row.kind,
    value,
    path,
  )
  return context.out.join('')
}

/** A new element stands behind the last child that the schema has before it. */
function insert(patch: Patch, parent: ElementNode, table: TypeTable, row: Row, xml: string, path: string): void {
  if (parent.selfClosing) {
    const filling = patch.fillings.get(parent)
    if (filling === undefined) patch.fillings.set(parent, { path, xml })
    else filling.xml += xml
    return
  }
  const order = table.rows.indexOf(row)
  const after = parent.children.findLast((child) => {
    const at = table.rows.findIndex(
      ({ place, name, namespace }) => place === 'element' && name === child.name && namespace === child.namespace,
    )
    return at !== -1 && at <= order
  })
  patch.splices.push(insertElement(patch.index, parent, after, xml, path))
}
