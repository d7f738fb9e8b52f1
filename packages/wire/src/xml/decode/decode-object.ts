import { attributeValue } from '../scan/attributes.js'
import { buildAttributes, buildElement } from '../scan/build-element.js'
import { scanToTag } from '../scan/content.js'
import { scanLeaf, skipElement, tooDeep } from '../scan/elements.js'
import { nameSlice, unbind } from '../scan/namespaces.js'
import { attributeStride, type ScanState, slot } from '../scan/scan-state.js'
import { scanEndTag, scanStartTag, scanTagRest } from '../scan/tags.js'
import { extendsType } from '../schema/type-table.js'
import { compileType, compileValue, typeOfValue } from './compile-type.js'
import {
  type CompiledField,
  type CompiledType,
  type CompiledValue,
  type DecodedObject,
  kinds,
} from './compiled-type.js'
import { decodeAny } from './decode-any.js'
import type { DecodeContext } from './decode-context.js'
import { findName, startsWithWord } from './name-table.js'
import { invalid, readLeafValue, readRange, readString } from './read-simple.js'
import { count } from './report.js'
import { findXsiType, isNil, readTypeName } from './xsi-type.js'

/**
 * Reads the value of the element whose start tag was just scanned, to behind its end tag. `bindings` is the binding count from
 * before that tag, `depth` how many elements are open with it.
 */
export function decodeValue(context: DecodeContext, value: CompiledValue, bindings: number, depth: number): unknown {
  const { state } = context
  if (state.prefixedAttributes > 0 && isNil(state)) {
    skipElement(state, bindings, depth)
    return undefined
  }
  switch (value.kind) {
    case kinds.complex:
      return decodeDeclared(context, value, bindings, depth)
    case kinds.any:
      return decodeAny(context, bindings, depth)
    case kinds.raw:
      return buildElement(state, bindings, depth)
    case kinds.skip:
      skipElement(state, bindings, depth)
      return undefined
    case kinds.notLoaded:
      count(context.report.unknownTypes, value.typeKey)
      return { _type: '$unknown', typeName: value.typeKey, base: undefined, raw: buildElement(state, bindings, depth) }
    default: {
      const inside = scanLeaf(state, depth)
      if (inside > 0) count(context.report.unknownElements, `${value.typeKey}/*`)
      const result = readLeafValue(state, value)
      unbind(state, bindings)
      return result
    }
  }
}

/** An element of a complex type, or of the subtype that its `xsi:type` names. */
function decodeDeclared(context: DecodeContext, value: CompiledValue, bindings: number, depth: number): unknown {
  const declared = typeOfValue(context.compiler, value)
  const { state } = context
  const index = state.prefixedAttributes === 0 ? -1 : findXsiType(state)
  if (index === -1) return decodeObject(context, declared, bindings, depth)
  const { namespace, name } = readTypeName(state, index, context.compiler.writtenNames)
  const table = context.compiler.index.typeOfWireName(state.uris[namespace] ?? '', name)
  if (table === declared.table) return decodeObject(context, declared, bindings, depth)
  const subtype =
    table !== undefined && extendsType(table, declared.table)
      ? compileType(context.compiler, table.key, value.selection)
      : undefined
  if (subtype !== undefined) return decodeObject(context, subtype, bindings, depth)
  count(context.report.unknownTypes, name)
  return decodeUnknown(context, declared, name, bindings, depth)
}

/** Reads the element twice: for what the declared type knows, and as it came. */
function decodeUnknown(
  context: DecodeContext,
  declared: CompiledType,
  typeName: string,
  bindings: number,
  depth: number,
): unknown {
  const { state } = context
  const start = state.nameStart - 1
  // What the base does not know is in `raw` and is expected, so it is not counted.
  const quiet = {
    ...context,
    keepUnknown: false,
    report: { ...context.report, unknownElements: new Map<string, number>() },
  }
  const base = decodeObject(quiet, declared, bindings, depth)
  state.position = start
  scanStartTag(state)
  return { _type: '$unknown', typeName, base, raw: buildElement(state, bindings, depth) }
}

/** Reads an element of exactly this type. */
export function decodeObject(
  context: DecodeContext,
  type: CompiledType,
  bindings: number,
  depth: number,
): DecodedObject {
  const { state } = context
  const object = type.create()
  if (state.attributeCount > 0 && type.attributes.length > 0) readAttributes(context, type, object)
  if (type.text !== undefined) {
    scanLeaf(state, depth)
    store(context, type, object, type.text, readLeafValue(state, type.text))
    unbind(state, bindings)
    return object
  }
  if (!state.selfClosing) {
    if (depth > state.limits.maxDepth) tooDeep(state)
    const { nameStart, nameEnd } = state
    let last = -1
    while (scanToTag(state)) {
      const inner = state.bindingCount
      const index = scanExpectedTag(state, type, last)
      if (index === -1) {
        readUnknownElement(context, type, object, inner, depth + 1)
        continue
      }
      last = index
      const field = type.elements[index] as CompiledField // in range: from the table of this type
      if (field.kind === kinds.skip) {
        skipElement(state, inner, depth + 1)
        continue
      }
      if (context.leafAttributes && state.attributeCount > 0) keepAttributes(state, object, field)
      const value = decodeValue(context, field, inner, depth + 1)
      if (value !== undefined) store(context, type, object, field, value)
    }
    scanEndTag(state, nameStart, nameEnd)
  }
  unbind(state, bindings)
  return object
}

/**
 * Scans the start tag at the position and gives the index of its field, -1 for an unknown one. Documents repeat themselves, so
 * the field that followed `last` before is compared first: a hit needs neither hash nor name scan.
 */
function scanExpectedTag(state: ScanState, type: CompiledType, last: number): number {
  const { elementNames, successors } = type
  const guess = successors[last + 1] as number // in range: one for each field and one for the start
  const word = elementNames.words[guess]
  if (word !== undefined && startsWithWord(state.bytes, state.position + 1, word)) {
    const nameEnd = state.position + 1 + word.length
    const next = state.bytes[nameEnd]
    if (next === 0x3e || next === 0x20 || next === 0x2f) {
      scanTagRest(state, nameEnd, -1)
      if (state.namespace === elementNames.namespaces[guess]) return guess
      return findName(elementNames, state.bytes, state.nameStart, nameEnd, state.namespace)
    }
  }
  scanStartTag(state)
  const localStart = state.colon === -1 ? state.nameStart : state.colon + 1
  const index = findName(elementNames, state.bytes, localStart, state.nameEnd, state.namespace)
  if (index !== -1) successors[last + 1] = index
  return index
}

function store(
  context: DecodeContext,
  type: CompiledType,
  object: DecodedObject,
  field: CompiledField,
  value: unknown,
): void {
  if (value === invalid) {
    count(context.report.invalidValues, `${type.table.key}/${field.name}`)
    return
  }
  if (!field.list) {
    object[field.property] = value
    return
  }
  const list = object[field.property] as unknown[] // lists are made with the object
  list.push(value)
}

function readAttributes(context: DecodeContext, type: CompiledType, object: DecodedObject): void {
  const { state } = context
  const { attributes, bytes } = state
  for (let i = 0; i < state.attributeCount; i++) {
    const at = i * attributeStride
    if (attributes[at + slot.colon] !== -1) continue
    const start = attributes[at] as number // in range: below attributeCount
    const end = attributes[at + slot.nameEnd] as number
    const index = findName(type.attributeNames, bytes, start, end, 0)
    if (index === -1) continue
    const field = type.attributes[index] as CompiledField // in range: from the table of this type
    const value =
      attributes[at + slot.plain] === 1
        ? readRange(state, field, attributes[at + slot.valueStart] as number, attributes[at + slot.valueEnd] as number)
        : readString(field, attributeValue(state, i))
    if (value !== undefined) store(context, type, object, field, value)
  }
}

function readUnknownElement(
  context: DecodeContext,
  type: CompiledType,
  object: DecodedObject,
  bindings: number,
  depth: number,
): void {
  const { state } = context
  const name = nameSlice(state, state.colon === -1 ? state.nameStart : state.colon + 1, state.nameEnd)
  if (type.any !== undefined) {
    const global = context.compiler.index.element(state.uris[state.namespace] ?? '', name)
    const kind = global ?? (findXsiType(state) === -1 ? undefined : 'any')
    if (kind !== undefined) {
      const value = decodeValue(context, compileValue(context.compiler, kind, type.any.selection), bindings, depth)
      store(context, type, object, type.any, { name, value })
      return
    }
  }
  count(context.report.unknownElements, `${type.table.key}/${name}`)
  if (type.any !== undefined) {
    store(context, type, object, type.any, { name, value: buildElement(state, bindings, depth) })
    return
  }
  if (!context.keepUnknown) {
    skipElement(state, bindings, depth)
    return
  }
  const raw = buildElement(state, bindings, depth)
  const kept = object.$unknown
  if (Array.isArray(kept)) kept.push(raw)
  else object.$unknown = [raw]
}

/** Attributes of a child under its property's name, in a table without prototype; of list items in their order. */
function keepAttributes(state: ScanState, object: DecodedObject, field: CompiledField): void {
  const attributes: Record<string, string> = Object.create(null)
  for (const { name, namespace, value } of buildAttributes(state)) {
    attributes[namespace === '' ? name : `{${namespace}}${name}`] = value
  }
  const known = object.$attributes as Record<string, unknown> | undefined // only ever set here
  const table: Record<string, unknown> = known ?? Object.create(null)
  object.$attributes = table
  if (!field.list) {
    table[field.property] = attributes
    return
  }
  const list = table[field.property]
  if (Array.isArray(list)) list.push(attributes)
  else table[field.property] = [attributes]
}
