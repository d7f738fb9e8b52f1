import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import { XmlEncodeError } from '@dcm/wire/xml'
import { readPath, toAny } from './collector/property-path.js'
import { resolve } from './collector/select-objects.js'
import { VimFault, vimFault } from './fault.js'
import { takeCallFault } from './faults/switches.js'
import { answerTransfer, transferPath } from './guest/transfers.js'
import { allMethods } from './methods/all-methods.js'
import type { Call, Handler, MethodName } from './methods/handler.js'
import { answerLease, leasePath } from './ovf/disk-files.js'
import type { RestServices } from './rest/rest-services.js'
import { uploadPath } from './rest/update-sessions.js'
import { isOpenToAll, notAuthenticated, type Session, type Sessions, TooManySessions } from './sessions/sessions.js'
import { type RawCall, readCall, writeAnswer, writeFault } from './soap/messages.js'
import { checkStrictly } from './soap/strict.js'
import type { TaskBoard } from './tasks/task-board.js'
import { answerFile, folderPath } from './world/datastore-files.js'
import type { ManagedObject, ManagedTypeName } from './world/managed-object.js'
import { notFoundText, type World } from './world/world.js'

/** Calls that need no session. */
const anonymous = new Set([
  'RetrieveServiceContent',
  'Login',
  'LoginByToken',
  'RetrieveProperties',
  'RetrievePropertiesEx',
  'Fetch',
])
const cookieName = 'vmware_soap_session'

export interface Dispatcher {
  answer(request: LoopbackRequest): Promise<LoopbackReply>
}

export interface DispatchParts {
  readonly world: World
  readonly sessions: Sessions
  readonly tasks: TaskBoard
  readonly rest: RestServices
  readonly options: Call['options']
}

export function createDispatcher(parts: DispatchParts): Dispatcher {
  return {
    async answer(request) {
      const path = request.path.split('?')[0]
      if (path?.startsWith('/api/') || path?.startsWith(`${uploadPath}/`)) return parts.rest.answer(request)
      if (path === transferPath) return answerTransfer(parts.world, request)
      if (path?.startsWith(`${leasePath}/`)) return answerLease(parts.world, request)
      if (path?.startsWith(`${folderPath}/`)) {
        const session = parts.sessions.use(tokenOf(request.headers.cookie))
        return session === undefined ? { status: 401, body: 'Unauthorized' } : answerFile(parts.world, request)
      }
      if (path === '/sdk/vimServiceVersions.xml' && request.method === 'GET') return versions(parts.world)
      if (path !== '/sdk' && path !== '/sdk/vimService') return { status: 404, body: 'Not Found' }
      if (request.method !== 'POST') return { status: 405, body: 'Method Not Allowed' }
      return answerCall(parts, request)
    },
  }
}

const xmlType: readonly [string, string] = ['Content-Type', 'text/xml; charset=utf-8']

async function answerCall(parts: DispatchParts, request: LoopbackRequest): Promise<LoopbackReply> {
  const { world } = parts
  const cookies: [string, string][] = []
  try {
    const raw = readCall(request.body)
    const session = parts.sessions.use(tokenOf(request.headers.cookie))
    const body = await carryOut(parts, raw, request, session, (token) => {
      cookies.push(['Set-Cookie', `${cookieName}="${token}"; Path=/; HttpOnly; Secure;`])
    })
    return { status: 200, headers: [xmlType, ...cookies], body: withNewWords(world, body) }
  } catch (error) {
    if (error instanceof TooManySessions)
      return {
        status: 503,
        headers: [['Content-Type', 'text/html']],
        body: '<html><body>503 Service Unavailable</body></html>',
      }
    const fault =
      error instanceof VimFault
        ? error
        : vimFault('SystemError', { reason: describe(error) }, `A general system error occurred: ${describe(error)}`)
    return { status: 500, headers: [xmlType], body: writeFault(world.api, fault) }
  }
}

function withNewWords({ switches }: World, body: string): string {
  let told = body
  for (const [word, otherwise] of switches.newWords) told = told.replaceAll(`>${word}<`, `>${otherwise}<`)
  return told
}

function describe(error: unknown): string {
  if (error instanceof XmlEncodeError) return `the simulator made an answer that the API forbids: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

function tokenOf(cookie: string | undefined): string | undefined {
  return cookie === undefined ? undefined : new RegExp(`${cookieName}="?([^";]*)"?`).exec(cookie)?.[1]
}

async function carryOut(
  parts: DispatchParts,
  raw: RawCall,
  request: LoopbackRequest,
  session: Session | undefined,
  setCookie: (token: string) => void,
): Promise<string> {
  const { world } = parts
  const { api, switches } = world
  const { method, self } = raw
  if (session === undefined && !anonymous.has(method)) throw notAuthenticated(self)
  const object = resolve(world, session, self)
  if (object === undefined) throw vimFault('ManagedObjectNotFound', { obj: self }, notFoundText(self))
  if (method === 'Fetch') return fetchProperty(world, raw, object, session)
  const facts = api.method(self.type, method)
  if (facts === undefined)
    throw vimFault('MethodNotFound', { receiver: self, method }, `Method ${method} is not defined for ${self.type}`)
  checkStrictly(api, raw.element, facts.request, method)
  if (facts.privilege !== undefined && switches.deniedPrivileges.has(facts.privilege))
    throw vimFault(
      'NoPermission',
      { object: self, privilegeId: facts.privilege },
      'Permission to perform this operation was denied.',
    )
  const planned = takeCallFault(switches, method)
  if (planned !== undefined) throw new VimFault(planned.fault, planned.message ?? '')
  const handler = allMethods[method as MethodName] as Handler<MethodName> | undefined // the API has a method of this name
  if (handler === undefined) throw vimFault('NotSupported', {}, `${method} is not modelled by the simulator`)
  const call: Call = {
    ...parts,
    caller: session,
    get session() {
      if (session === undefined) throw notAuthenticated(self)
      return session
    },
    method,
    self,
    assertionId: raw.assertionId,
    userAgent: request.headers['user-agent'] ?? '',
    target: <Type extends ManagedTypeName>(type: Type): ManagedObject<Type> => {
      if (!api.isKindOf(object.ref.type, type))
        throw vimFault('NotSupported', {}, `${method} is not modelled for ${object.ref.type}`)
      return object as ManagedObject<Type> // its type was looked at
    },
    setCookie,
  }
  const result = await handler(call, readRequest(world, raw, request))
  return writeAnswer(api, method, facts.response, result)
}

/** The parameters as the handlers take them; what the check let through can be read. */
function readRequest(world: World, raw: RawCall, request: LoopbackRequest): never {
  // As the schema of envelopes has it.
  const envelope = world.api.decode('SoapEnvelope', request.body) as {
    Body?: { content?: { name: string; value: unknown } }
  }
  const content = envelope.Body?.content
  if (content?.name !== raw.method) throw vimFault('InvalidRequest')
  return content.value as never // decoded by the type of its element
}

/** Clients of old read one property of an object by this call. */
function fetchProperty(world: World, raw: RawCall, object: ManagedObject, session: Session | undefined): string {
  checkStrictly(world.api, raw.element, 'FetchRequest', 'Fetch')
  const prop = raw.element.children
    .flatMap((child) => (typeof child !== 'string' && child.name === 'prop' ? child.children : []))
    .join('')
  if (session === undefined && !isOpenToAll(object.ref)) throw notAuthenticated(object.ref)
  return writeAnswer(world.api, 'Fetch', 'FetchResponse', toAny(readPath(world.api, object, prop)))
}

function versions(world: World): LoopbackReply {
  const { apiVersion } = world.content.about
  const prior = [
    '8.0.2.0',
    '8.0.1.0',
    '8.0.0.1',
    '8.0.0.0',
    '7.0.3.2',
    '7.0.3.0',
    '7.0.0.0',
    '6.7.3',
    '6.7',
    '6.5',
    '6.0',
  ]
    .filter((version) => version.localeCompare(apiVersion, 'en', { numeric: true }) < 0)
    .map((version) => `   <version>${version}</version>\n`)
    .join('')
  const body = `<?xml version="1.0" encoding="UTF-8" ?>\n<namespaces version="1.0">\n <namespace>\n  <name>urn:vim25</name>\n  <version>${apiVersion}</version>\n  <priorVersions>\n${prior}  </priorVersions>\n </namespace>\n</namespaces>\n`
  return { status: 200, headers: [xmlType], body }
}
