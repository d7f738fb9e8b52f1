import { compileDecoder, createItemScanner, type SoapFault, type XmlDecoder } from '@dcm/wire/xml'
import type { MissingProperty, ObjectContent } from '../generated/property-collector.js'
import type { PropertyFilterSpec } from '../generated/shared/query.js'
import { streamBody } from './body.js'
import type { Caller } from './caller.js'
import { decoderOf, faultDecoder, lenient, loadSchema, loadSmallSchema, partOfType, type VimSchema } from './codec.js'
import { completeValue, holdsUnknown } from './complete-value.js'
import { type CallLimits, continuing, exchange, protocolError, readAnswerFailure } from './exchange.js'
import { meansNoSession } from './fault-kinds.js'
import type { ManagedObjectReference } from './reference.js'
import type { LiveSession } from './session.js'

/** Thrown where an answer of status 200 says that there is no session. Never leaves the client. */
export class NoSession extends Error {}

interface PageDecoders {
  readonly schema: VimSchema
  readonly item: XmlDecoder<ObjectContent>
  readonly rest: Readonly<Record<'token' | 'Fault', XmlDecoder<unknown>>>
}

const decodersOf = new WeakMap<VimSchema, PageDecoders>()

function decoders(schema: VimSchema): PageDecoders {
  const known = decodersOf.get(schema)
  if (known !== undefined) return known
  const token = decoderOf(schema, 'string')
  const made = { schema, item: compileDecoder(schema, 'ObjectContent'), rest: { token, Fault: faultDecoder(schema) } }
  decodersOf.set(schema, made)
  return made
}

/** Reads pages of objects. Values are decoded as they arrive; types that are not loaded yet are loaded when one of them comes. */
export interface PropertyReader {
  /**
   * The objects of all pages, in the order of the server, as many at a time as have arrived: a step of its own for each object would
   * cost more than its decoding.
   */
  read(
    live: LiveSession,
    spec: PropertyFilterSpec,
    maxObjects: number,
    limits: CallLimits,
  ): AsyncGenerator<readonly ObjectContent[], void, undefined>
}

export function createPropertyReader(caller: Caller, types: readonly string[]): PropertyReader {
  const { connection, session } = caller
  /** Everything that objects of these types can hold, once something of it has arrived. */
  let full: VimSchema | undefined

  async function* read(
    live: LiveSession,
    spec: PropertyFilterSpec,
    maxObjects: number,
    limits: CallLimits,
  ): AsyncGenerator<readonly ObjectContent[], void, undefined> {
    let token: string | undefined
    let done = false
    try {
      do {
        const page = readPage(
          live,
          token === undefined ? { specSet: [spec], options: { maxObjects } } : { token },
          limits,
        )
        for (let step = await page.next(); ; step = await page.next()) {
          if (step.done === true) {
            token = step.value
            break
          }
          yield step.value
        }
      } while (token !== undefined)
      done = true
    } finally {
      // Whoever stops early leaves a listing open at the server.
      if (!done && token !== undefined) cancel(live, token)
    }
  }

  function cancel(live: LiveSession, token: string): void {
    const { propertyCollector } = live.content
    void caller.callIn(live, propertyCollector, 'CancelRetrievePropertiesEx', { token }).catch(() => undefined) // it ends with the session
  }

  async function* readPage(
    live: LiveSession,
    parameters: object,
    limits: CallLimits,
  ): AsyncGenerator<readonly ObjectContent[], string | undefined, undefined> {
    const method = 'token' in parameters ? continuing : 'RetrievePropertiesEx'
    const { schema, item, rest } = decoders(full ?? (await loadSmallSchema()))
    const { cookie, apiVersion, content } = live
    const around = { cookie, apiVersion, redact: session.redact, ...limits }
    const { response, call } = await exchange(connection, schema, content.propertyCollector, method, parameters, around)
    const path = ['Envelope', 'Body', `${method}Response`, 'returnval', 'objects']
    const objects = createItemScanner({ path, item, rest, ...lenient })
    try {
      for await (const chunk of streamBody(response, connection.maxBodyBytes))
        yield await settled(objects.push(chunk), schema)
      yield await settled(objects.end(), schema)
    } catch (error) {
      throw error instanceof NoSession ? error : readAnswerFailure(connection, call, error)
    }
    const fault = objects.rest.Fault as SoapFault | undefined // what its decoder reads
    if (fault !== undefined) {
      const { errorOfSoapFault } = await import('./read-fault.js')
      throw await errorOfSoapFault(fault, {
        host: connection.host,
        operation: method,
        operationId: call.operationId,
        object: call.object,
        status: 200,
        looks: true,
        redact: session.redact,
      })
    }
    // An answer without objects has this element all the same.
    if (objects.reached < path.indexOf(`${method}Response`) + 1) {
      throw protocolError(connection, call, 'the answer is that of another call', { status: response.status })
    }
    const next = objects.rest.token
    return typeof next === 'string' && next !== '' ? next : undefined
  }

  /** At once for nearly all objects: those whose types are known. */
  function settled(
    objects: readonly ObjectContent[],
    schema: VimSchema,
  ): readonly ObjectContent[] | Promise<readonly ObjectContent[]> {
    let isComplete = true
    for (const { missingSet, propSet } of objects) {
      if (missingSet.some(({ fault }) => meansNoSession(faultNameOf(fault)))) throw new NoSession()
      isComplete &&= schema === full || !propSet.some(({ val }) => holdsUnknown(val))
    }
    return isComplete ? objects : Promise.all(objects.map(completed))
  }

  async function completed(object: ObjectContent): Promise<ObjectContent> {
    // Of what is read, tasks alone hold faults.
    const faults = types.includes('Task') ? (['faults'] as const) : []
    full ??= await loadSchema(['property-collector', ...types.map(partOfType), ...faults])
    const schema = full
    return { ...object, propSet: object.propSet.map(({ name, val }) => ({ name, val: completeValue(schema, val) })) }
  }

  return { read }
}

/** Type of a fault inside an answer, whether its part is loaded or not. */
export function faultNameOf({ fault }: MissingProperty['fault']): string {
  const name = fault._type === '$unknown' ? fault.typeName : fault._type
  return name === 'InvalidPropertyFault' ? 'InvalidProperty' : name
}

/** What to read of the objects of a view. */
export function specOfView(view: ManagedObjectReference, type: string, pathSet: readonly string[]): PropertyFilterSpec {
  const selectSet = [
    {
      _type: 'TraversalSpec' as const,
      name: undefined,
      type: view.type,
      path: 'view',
      skip: false,
      selectSet: [],
    },
  ]
  return {
    propSet: [{ type, all: undefined, pathSet }],
    objectSet: [{ obj: view, skip: true, selectSet }],
    reportMissingObjectsInResults: undefined,
  }
}
