import {
  compileDecoder,
  compileEncoder,
  type SoapFault,
  type SoapTypes,
  soapBindings,
  soapPart,
  type XmlDecoder,
  type XmlSchema,
} from '@dcm/wire/xml'
import { loadVim25Schema, partOfVim25, type Vim25Part } from '../generated/schema.js'
import type { Vim25Types } from '../generated/types.js'
import { refusal } from './error.js'

/** Free texts, such as the annotation of a VM, may hold control characters that XML 1.0 forbids: none makes a VM unreadable. */
export const lenient = { controlCharacters: 'keep' } as const

export type VimSchema = XmlSchema<Vim25Types & SoapTypes>

const schemas = new Map<string, Promise<VimSchema>>()

/** The schema with these parts and what they need; loaded once. */
export function loadSchema(parts: readonly Vim25Part[]): Promise<VimSchema> {
  const key = [...new Set(parts)].sort().join(' ')
  const known = schemas.get(key)
  if (known !== undefined) return known
  const loading = loadVim25Schema<SoapTypes>(parts, soapPart)
  schemas.set(key, loading)
  loading.catch(() => schemas.delete(key))
  return loading
}

let smallSchema: Promise<VimSchema> | undefined

/**
 * What lists usually read: the answers of the property collector and the enumerations of virtual machines, a tenth of what a
 * machine can hold.
 */
export function loadSmallSchema(): Promise<VimSchema> {
  smallSchema ??= import('../generated/shared/virtual-machine.js').then((enumerations) =>
    loadVim25Schema<SoapTypes>(['property-collector'], soapPart, enumerations.default),
  )
  return smallSchema
}

/** The part that has the methods of an object. Types that the schema does not know have those that it could not assign. */
export function partOfType(managedType: string): Vim25Part {
  return partOfVim25(managedType) ?? 'unassigned-object'
}

/** The schema whose part has the method: that of the object's type, or else of methods that are assigned to no type. */
export async function schemaOfMethod(managedType: string, method: string): Promise<VimSchema> {
  const own = await loadSchema([partOfType(managedType)])
  if (requestKey(own, method) !== undefined) return own
  const unassigned = await loadSchema([partOfType(managedType), 'unassigned-object'])
  if (requestKey(unassigned, method) !== undefined) return unassigned
  throw refusal(`${managedType} has no method of this name`, method)
}

function requestKey(schema: VimSchema, method: string): (keyof Vim25Types & string) | undefined {
  for (const { elements } of schema.parts) {
    if (elements !== undefined && Object.hasOwn(elements, method)) return elements[method] as keyof Vim25Types & string // the tables and the types are generated together
  }
  return undefined
}

/** A decoder of a kind or type whose key is not known when this is compiled. */
export function decoderOf(schema: VimSchema, key: string): XmlDecoder<unknown> {
  const untyped: XmlSchema = schema
  return compileDecoder(untyped as XmlSchema<Record<string, unknown>>, key) // the same tables, seen without their types
}

interface MethodCodec {
  encode(request: object): string
}

const encoders = new WeakMap<VimSchema, Map<string, MethodCodec>>()
const answerDecoders = new WeakMap<VimSchema, XmlDecoder<SoapTypes['SoapEnvelope']>>()
const faultDecoders = new WeakMap<VimSchema, XmlDecoder<SoapFault>>()

/** The element of a call, for the body of an envelope. Throws `XmlEncodeError` where the schema forbids the value. */
export function encodeCall(schema: VimSchema, method: string, request: object): string {
  const known = encoders.get(schema) ?? new Map<string, MethodCodec>()
  encoders.set(schema, known)
  const codec = known.get(method) ?? compileCall(schema, method)
  known.set(method, codec)
  return codec.encode(request)
}

function compileCall(schema: VimSchema, method: string): MethodCodec {
  const key = requestKey(schema, method)
  if (key === undefined) throw refusal('the schema has no method of this name', method)
  const untyped: XmlSchema = schema
  // The same tables, seen without their types: the encoder itself checks the request.
  return compileEncoder(untyped as XmlSchema<Record<string, object>>, key, { element: method, bound: soapBindings })
}

/** Reads a whole answer. */
export function answerDecoder(schema: VimSchema): XmlDecoder<SoapTypes['SoapEnvelope']> {
  const known = answerDecoders.get(schema)
  if (known !== undefined) return known
  const decoder = compileDecoder(schema, 'SoapEnvelope')
  answerDecoders.set(schema, decoder)
  return decoder
}

/** Reads the fault of an answer. */
export function faultDecoder(schema: VimSchema): XmlDecoder<SoapFault> {
  const known = faultDecoders.get(schema)
  if (known !== undefined) return known
  const decoder = compileDecoder(schema, 'SoapFault')
  faultDecoders.set(schema, decoder)
  return decoder
}
