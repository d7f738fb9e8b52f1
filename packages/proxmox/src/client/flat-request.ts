import { excerptOf } from '@dcm/wire/excerpt'
import createOpenapiClient from 'openapi-fetch'
import type { RequestOptions } from './call.js'
import { type CoercerLookup, loadCoercers } from './coercer-table.js'
import type { Door } from './door.js'
import { encodeForm } from './encode-form.js'
import { ProxmoxError } from './error.js'
import { createLeanFetch, LeanRequest, type LeanResponse } from './lean-fetch.js'
import { fillTemplate, type Operation, operationOf, splitParameters } from './operation.js'
import type { PresenceCheck } from './presence.js'
import { readError } from './read-error.js'
import { secretValues } from './redact.js'

/** An answer with what stands beside its data. */
export interface Envelope<Data> {
  readonly data: Data
  /** Of lists that can be asked for in parts: how many there are. Absent when 0. */
  readonly total?: number
  /** Of configuration files with a pending state: the difference, as text. */
  readonly changes?: string
}

export interface FlatRequestContext {
  readonly door: Door
  readonly host: string
  /** Values of the session that must not be printed. */
  readonly secrets: () => readonly string[]
  /** Present once the release is known. */
  readonly presence: () => PresenceCheck | undefined
}

/** One untyped call: checks, encodes, sends, reads, coerces. */
export type FlatRequest = (
  key: string,
  parameters?: Readonly<Record<string, unknown>>,
  options?: RequestOptions,
) => Promise<Envelope<unknown>>

/** The one method of openapi-fetch that is used, with plain types: the full ones cost the compiler 90,000 instantiations. */
interface LeanOpenapi {
  request(
    method: string,
    template: string,
    init: object,
  ): Promise<{ data?: unknown; error?: unknown; response: LeanResponse }>
}

/** Runs operations through openapi-fetch, which templates and assembles, over our encoders and transport. */
export function createFlatRequest(context: FlatRequestContext): FlatRequest {
  const openapi = createOpenapiClient({
    baseUrl: '',
    fetch: createLeanFetch(context.door) as never, // openapi-fetch's types know only WHATWG objects
    Request: LeanRequest as never,
    querySerializer: encodeForm,
    bodySerializer: (body) => encodeForm(Object(body)),
    pathSerializer: fillTemplate,
  }) as LeanOpenapi
  let coercers: CoercerLookup | undefined

  return async (key, parameters, options) => {
    const operation = operationOf(key)
    refuseUpload(operation)
    context.presence()?.(key, parameters)
    const { path, rest } = splitParameters(operation, parameters)
    const { data, error, response } = await openapi.request(operation.method, operation.template, {
      operation: key,
      parseAs: 'text',
      params: operation.hasBody || rest === undefined ? { path } : { path, query: rest },
      ...(operation.hasBody ? { body: rest ?? noParameters } : undefined),
      ...options,
    })
    if (!response.ok) {
      throw readError({
        status: response.status,
        reason: response.statusText,
        body: error,
        host: context.host,
        operation: key,
        node: typeof path.node === 'string' ? path.node : undefined,
        secrets: [...secretValues(parameters ?? noParameters), ...context.secrets()],
      })
    }
    const envelope = readEnvelope(data, operation, context.host)
    coercers ??= await loadCoercers()
    const coercer = coercers(key)
    if (coercer !== undefined) envelope.data = coercer(envelope.data)
    return envelope
  }
}

const noParameters = Object.freeze({})

function readEnvelope(text: unknown, operation: Operation, host: string): { data: unknown } {
  const answer = typeof text === 'string' ? text : ''
  const envelope = parse(answer)
  if (typeof envelope === 'object' && envelope !== null && 'data' in envelope) return envelope
  const read = operation.method === 'GET'
  throw new ProxmoxError({
    kind: 'protocol',
    message: `${operation.key}: ${host} answered with something other than Proxmox VE's JSON: is the address right, and no proxy in between?`,
    outcome: read ? 'not-started' : 'unknown',
    retryable: false,
    host,
    operation: operation.key,
    status: 200,
    // What was sent may be echoed. A read sends no secret but its ticket or token, which is a long word.
    ...(read && { excerpt: excerptOf(answer) }),
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuseUpload(operation: Operation): void {
  if (operation.key !== 'POST /nodes/{node}/storage/{storage}/upload') return
  throw new ProxmoxError({
    kind: 'validation',
    message: 'uploads are sent as multipart: use the upload() method of the client',
    outcome: 'not-started',
    retryable: false,
    operation: operation.key,
  })
}
