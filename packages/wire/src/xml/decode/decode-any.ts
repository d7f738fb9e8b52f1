import { buildElement } from '../scan/build-element.js'
import { scanToTag } from '../scan/content.js'
import { tooDeep } from '../scan/elements.js'
import { unbind } from '../scan/namespaces.js'
import { xsdUri } from '../scan/scan-state.js'
import { scanEndTag, scanStartTag } from '../scan/tags.js'
import { compileValue } from './compile-type.js'
import type { AnyPlan, CompiledValue, TypeCompiler } from './compiled-type.js'
import type { DecodeContext } from './decode-context.js'
import { decodeValue } from './decode-object.js'
import { count } from './report.js'
import { findXsiType, readTypeName } from './xsi-type.js'

/** Reads an element whose type only its `xsi:type` tells. Its start tag was just scanned. */
export function decodeAny(context: DecodeContext, bindings: number, depth: number): unknown {
  const { state } = context
  const index = findXsiType(state)
  if (index === -1) return decodeUntyped(context, bindings, depth)
  const { namespace, name } = readTypeName(state, index, context.compiler.writtenNames)
  const plan = planOf(context.compiler, namespace, state.uris[namespace] ?? '', name)
  if (plan === undefined) {
    count(context.report.unknownTypes, name)
    return { _type: '$unknown', typeName: name, base: undefined, raw: buildElement(state, bindings, depth) }
  }
  return plan.list
    ? decodeItemList(context, plan.value, bindings, depth)
    : decodeValue(context, plan.value, bindings, depth)
}

/** Without a type a leaf is its text, and anything else a tree. */
function decodeUntyped(context: DecodeContext, bindings: number, depth: number): unknown {
  const element = buildElement(context.state, bindings, depth)
  if (element.children.some((child) => typeof child !== 'string')) return element
  return element.children.join('')
}

function decodeItemList(context: DecodeContext, value: CompiledValue, bindings: number, depth: number): unknown[] {
  const { state } = context
  const { nameStart, nameEnd } = state
  const items: unknown[] = []
  if (!state.selfClosing) {
    if (depth > state.limits.maxDepth) tooDeep(state)
    while (scanToTag(state)) {
      const inner = state.bindingCount
      scanStartTag(state)
      items.push(decodeValue(context, value, inner, depth + 1))
    }
    scanEndTag(state, nameStart, nameEnd)
  }
  unbind(state, bindings)
  return items
}

function planOf(compiler: TypeCompiler, namespace: number, uri: string, name: string): AnyPlan | undefined {
  // Ids above the schema's are given per document: those namespaces hold nothing the schema knows.
  if (namespace >= compiler.uriCount) return undefined
  compiler.plans[namespace] ??= new Map()
  const byName = compiler.plans[namespace]
  const known = byName.get(name)
  if (known !== undefined) return known
  const plan = makePlan(compiler, uri, name)
  // Only names the schema knows are kept: a document must not fill our memory with names.
  if (plan !== undefined) byName.set(name, plan)
  return plan
}

const xsdKinds: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['boolean', 'boolean'],
  ['int', 'int'],
  ['short', 'int'],
  ['byte', 'int'],
  ['unsignedByte', 'int'],
  ['unsignedShort', 'int'],
  ['unsignedInt', 'int'],
  ['long', 'long'],
  ['unsignedLong', 'long'],
  ['integer', 'long'],
  ['float', 'double'],
  ['double', 'double'],
  ['decimal', 'token'],
  ['dateTime', 'dateTime'],
  ['base64Binary', 'base64'],
  ['anyURI', 'token'],
  ['anyType', 'any'],
])

function makePlan(compiler: TypeCompiler, uri: string, name: string): AnyPlan | undefined {
  if (uri === xsdUri) {
    const kind = xsdKinds.get(name)
    return kind === undefined ? undefined : { value: compileValue(compiler, kind), list: false }
  }
  const kind = kindOfWireName(compiler, uri, name)
  if (kind !== undefined) return { value: compileValue(compiler, kind), list: false }
  if (!name.startsWith('ArrayOf')) return undefined
  const item = name.slice('ArrayOf'.length)
  const itemKind = xsdKinds.get(item.charAt(0).toLowerCase() + item.slice(1)) ?? kindOfWireName(compiler, uri, item)
  return itemKind === undefined ? undefined : { value: compileValue(compiler, itemKind), list: true }
}

function kindOfWireName(compiler: TypeCompiler, uri: string, name: string): string | undefined {
  const table = compiler.index.typeOfWireName(uri, name)
  if (table !== undefined) return table.key
  const simple = compiler.index.enumeration(name) ?? compiler.index.simpleType(name)
  return simple !== undefined && compiler.index.uris.includes(uri) ? name : undefined
}
