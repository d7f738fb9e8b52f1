import type { TransportResponse } from '@dcm/wire'
import { excerptOf } from '@dcm/wire/excerpt'
import { type SoapFault, XmlError } from '@dcm/wire/xml'
import { readBody } from './body.js'
import { answerDecoder, encodeCall, lenient, type VimSchema } from './codec.js'
import type { Connection, NativeCall } from './connection.js'
import { refusal, VsphereError } from './error.js'
import { nextOperationId } from './operation-id.js'
import type { ManagedObjectReference } from './reference.js'
import { referenceKey } from './reference.js'

/** What goes along with a call, beside its arguments. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined
  /** For everything from the call to the last byte of the answer. Default: that of the client. */
  readonly timeoutMs?: number | undefined
}

/** What a session gives to each call. */
export interface CallSurroundings
  extends Pick<NativeCall, 'apiVersion' | 'cookie' | 'header' | 'longPoll'>,
    CallLimits {
  readonly redact?: ((text: string) => string) | undefined
}

export interface Exchange {
  readonly response: TransportResponse
  readonly call: NativeCall
}

/** Methods that only look: they may be sent again after any failure of the connection. */
const reading = /^(?:Query|Retrieve|Find|CurrentTime$|WaitForUpdatesEx$)/

/** Methods that nobody misses anything of when they are carried out twice: what they make is ours alone and ends with the session. */
const harmless =
  /^(?:Create(?:ContainerView|ListView|PropertyCollector)|ModifyListView|DestroyView|DestroyPropertyCollector|Logout)$/

/** Looks too, but each token of a listing is good for one page: the second one sent would be another page, or none. */
export const continuing = 'ContinueRetrievePropertiesEx'

/** Sends one call and gives its answer of status 200. Faults and everything else are thrown as errors. */
export async function exchange(
  connection: Connection,
  schema: VimSchema,
  object: ManagedObjectReference,
  method: string,
  parameters: object,
  around: CallSurroundings,
): Promise<Exchange> {
  const call: NativeCall = {
    method,
    object: referenceKey(object),
    operationId: nextOperationId(),
    body: encode(schema, object, method, parameters),
    idempotent: (reading.test(method) && !method.endsWith('_Task')) || harmless.test(method) || method === continuing,
    oneUse: method === continuing,
    ...around,
  }
  const response = await connection.send(call)
  if (response.status === 200) return { response, call }
  throw await readRefusal(connection, call, response, around.redact)
}

function encode(schema: VimSchema, object: ManagedObjectReference, method: string, parameters: object): string {
  try {
    return encodeCall(schema, method, { _this: object, ...parameters })
  } catch (error) {
    // The encoder names the path of the value and never the value itself.
    if (error instanceof Error && error.name === 'XmlEncodeError') throw refusal(`${method}: ${error.message}`, method)
    throw error
  }
}

/** Reads the one value of an answer; undefined where there is none. */
export async function readAnswer(
  connection: Connection,
  schema: VimSchema,
  { response, call }: Exchange,
  redact?: (text: string) => string,
): Promise<unknown> {
  let body: Uint8Array | undefined
  try {
    body = await readBody(response, connection.maxBodyBytes)
    const content = answerDecoder(schema).decode(body, lenient).Body?.content
    if (content?.name === `${call.method}Response`) return valueIn(content.value)
    if (content?.name === 'Fault') throw await faultOf(connection, call, content.value as SoapFault, 200, redact) // by the schema
    throw protocolError(connection, call, 'the answer is that of another call', { body })
  } catch (error) {
    throw readAnswerFailure(connection, call, error, body)
  }
}

function valueIn(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'returnval' in answer ? answer.returnval : undefined
}

/** What broke while an answer was read: the connection, or the XML. */
export function readAnswerFailure(
  connection: Connection,
  call: NativeCall,
  error: unknown,
  body?: Uint8Array,
): unknown {
  if (error instanceof XmlError) return protocolError(connection, call, error.message, { body })
  return connection.readFailure(error, call)
}

interface Seen {
  readonly status?: number
  readonly body?: Uint8Array | undefined
}

/** The answer is not what a vSphere server sends. */
export function protocolError(
  connection: Connection,
  call: NativeCall,
  text: string,
  { status, body }: Seen,
): VsphereError {
  return new VsphereError({
    kind: 'protocol',
    message: `${call.method}: ${text}`,
    outcome: call.idempotent ? 'not-started' : 'unknown',
    retryable: false,
    host: connection.host,
    operation: call.method,
    operationId: call.operationId,
    object: call.object,
    status,
    ...(body && { excerpt: excerptOf(new TextDecoder().decode(body.subarray(0, 4_096))) }),
  })
}

/** The error of an answer that is not of status 200. */
async function readRefusal(
  connection: Connection,
  call: NativeCall,
  response: TransportResponse,
  redact: CallSurroundings['redact'],
): Promise<unknown> {
  let body: Uint8Array | undefined
  try {
    body = await readBody(response, connection.maxBodyBytes)
    const { faultSchema } = await import('./read-fault.js')
    const { status } = response
    const content = status === 500 ? answerDecoder(await faultSchema()).decode(body, lenient).Body?.content : undefined
    if (content?.name === 'Fault') return await faultOf(connection, call, content.value as SoapFault, status, redact) // by the schema
    return statusError(connection, call, { status, body })
  } catch (error) {
    if (error instanceof XmlError) return statusError(connection, call, { status: response.status, body })
    return connection.readFailure(error, call)
  }
}

async function faultOf(
  connection: Connection,
  call: NativeCall,
  fault: SoapFault,
  status: number,
  redact: CallSurroundings['redact'] = (text) => text,
): Promise<VsphereError> {
  const { errorOfSoapFault } = await import('./read-fault.js')
  const { method: operation, operationId, object, idempotent: looks } = call
  return errorOfSoapFault(fault, { host: connection.host, operation, operationId, object, status, looks, redact })
}

/** A proxy, a service that is starting, or another server than we took it for. */
function statusError(connection: Connection, call: NativeCall, seen: Seen & { readonly status: number }): VsphereError {
  const { status } = seen
  const passing = status === 429 || status === 502 || status === 503 || status === 504
  if (!passing) {
    const text = `the server answers with status ${status} and no SOAP fault: is this the address of a vCenter or ESXi host?`
    return protocolError(connection, call, text, seen)
  }
  return new VsphereError({
    kind: 'unreachable',
    message: `${call.method}: the service is not available (status ${status})`,
    outcome: call.idempotent || status === 503 || status === 429 ? 'not-started' : 'unknown',
    retryable: call.idempotent || status === 503 || status === 429,
    host: connection.host,
    operation: call.method,
    operationId: call.operationId,
    object: call.object,
    status,
  })
}
