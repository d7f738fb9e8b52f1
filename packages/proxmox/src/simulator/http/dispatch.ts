import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import { type Caller, callerOf } from '../access/accounts.js'
import { authenticate, Unauthenticated } from '../access/authenticate.js'
import { checkPermission } from '../access/check-tree.js'
import { type Answer, createCall, type Operation } from '../operations/operation.js'
import { validateParameters } from '../schema/validate.js'
import type { World } from '../world.js'
import { parseForm, type RawParameters } from './form.js'
import { parseJsonBody } from './json-body.js'
import { parseUpload, type UploadBody } from './multipart.js'
import {
  asPlatformError,
  failure,
  nodeUnreachable,
  PlatformError,
  parameterError,
  permissionError,
} from './platform-error.js'
import { answerReply, errorReply, plainReply, type ReplyContext } from './reply.js'
import { createRouter, decoded, type Route } from './router.js'

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE'])
const BODY_LIMIT = 512 * 1024

/** Calls that need no login. */
const openCalls: ReadonlySet<string> = new Set([
  'GET /access/domains',
  'GET /access/ticket',
  'POST /access/ticket',
  'POST /access/openid/auth-url',
  'POST /access/openid/login',
  'POST /access/vncticket',
])

/** A rejection before routing: text or nothing as body, no JSON. */
class EarlyRejection extends PlatformError {}

/** Answers requests as the platform's HTTP daemon does, in its order of checks (Proxmox VE 9.2). */
export function createDispatcher(
  world: World,
  operations: ReadonlyMap<string, Operation>,
): (request: LoopbackRequest) => Promise<LoopbackReply> {
  const router = createRouter(Object.keys(world.facts))

  return async (request) => {
    const now = (): Date => new Date(world.clock.now())
    const { path, query } = splitTarget(request.path)
    const formatted = /^\/api2\/(json|extjs)(\/.*)?$/.exec(path)
    if (!methods.has(request.method)) {
      return plainReply(501, `method '${request.method}' not available`, undefined, now())
    }
    if (formatted === null) return plainReply(404, `no such file '${decoded(path)}'`, undefined, now())
    const [, formatter = '', apiPath = '/'] = formatted
    const route = router.find(request.method, apiPath)
    const facts = route === undefined ? undefined : world.facts[route.key]
    const retire = world.switches.retireConnections > 0
    if (retire) world.switches.retireConnections -= 1
    const context: ReplyContext = {
      formatter: formatter === 'extjs' ? 'extjs' : 'json',
      isRelayed: facts?.protected === true || request.method !== 'GET',
      acceptsGzip: /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
      jsonMessage: world.traits.jsonMessage && world.switches.jsonMessage,
      now: now(),
      retire,
    }
    try {
      refuseChunked(request)
      const caller = identify(request, apiPath, world)
      const { parameters: bodyParameters, file } = readBody(request, apiPath)
      const parameters = merge(bodyParameters, query)
      const answer = await perform({ request, route, parameters, apiPath, caller, file, world, operations })
      return answerReply(answer, context)
    } catch (error) {
      const refusal = asPlatformError(error)
      if (refusal instanceof Unauthenticated) {
        return plainReply(401, refusal.text, undefined, now(), world.timing.loginDelayMs)
      }
      if (refusal instanceof EarlyRejection) return plainReply(refusal.status, refusal.text, refusal.text, now())
      if (refusal.status >= 595) return plainReply(refusal.status, refusal.text, undefined, now())
      const reply = errorReply(refusal, context)
      return refusal.status === 401 ? { ...reply, delayMs: world.timing.loginDelayMs } : reply
    }
  }
}

interface Performance {
  readonly request: LoopbackRequest
  readonly route: Route | undefined
  readonly parameters: RawParameters
  readonly apiPath: string
  readonly caller: Caller | undefined
  readonly file: UploadBody['file']
  readonly world: World
  readonly operations: ReadonlyMap<string, Operation>
}

async function perform(performance: Performance): Promise<Answer> {
  const { route, world, apiPath, request, parameters } = performance
  const facts = route === undefined ? undefined : world.facts[route.key]
  if (route === undefined || facts === undefined || !world.knowsOperation(route.key)) {
    throw new PlatformError(501, `Method '${request.method} ${decoded(apiPath)}' not implemented`)
  }
  const caller = performance.caller ?? callerOf('nobody@none')
  if (facts.allowtoken === false && caller.token !== undefined) {
    throw permissionError(`URI '${decoded(apiPath)}' not available with API token, need proper ticket.\n`)
  }
  for (const [name, value] of route.pathParameters) {
    const given = parameters.get(name)
    if (given !== undefined && String(given) !== value) {
      throw parameterError({ [name]: 'duplicate parameter (already defined in URI) with conflicting values!' })
    }
    parameters.set(name, value)
  }
  checkPermission(facts, { caller, parameters, permissions: world.permissions, access: world.access })
  const node = targetNode(
    world,
    facts.proxyto === undefined && performance.file === undefined ? undefined : parameters.get('node'),
  )
  const values = validateParameters(facts, parameters, (name) => world.knowsParameter(route.key, name))
  const operation = performance.operations.get(route.key)
  if (operation === undefined) {
    throw new PlatformError(501, `not modelled by the simulator: ${route.key} (a real host answers this call)`)
  }
  return operation.run(createCall({ world, caller, node, upload: performance.file }, values))
}

/** The node that acts; a node that cannot be reached fails here, before any check of the parameters. */
function targetNode(world: World, named: unknown): string {
  if (named === undefined || named === 'localhost') return world.contactNode
  const name = String(named)
  const node = world.cluster.nodes.get(name)
  if (node === undefined) {
    throw failure(
      `hostname lookup '${name}' failed - failed to get address info for: ${name}: Name or service not known`,
    )
  }
  if (!node.online) throw nodeUnreachable()
  if (node.proxyBroken) throw new PlatformError(596, 'tls_process_server_certificate: certificate verify failed')
  return name
}

function identify(request: LoopbackRequest, apiPath: string, world: World): Caller | undefined {
  const input = {
    method: request.method,
    headers: request.headers,
    isUpload: isUploadPath(apiPath),
    seconds: world.clock.seconds(),
  }
  if (!openCalls.has(`${request.method} ${decoded(apiPath)}`)) return authenticate(input, world.access, world.tickets)
  // An open call still says who calls when it carries a token: some refuse tokens.
  const hasToken = String(request.headers.authorization ?? '').startsWith('PVEAPIToken=')
  return hasToken ? authenticate({ ...input, method: 'GET' }, world.access, world.tickets) : undefined
}

function refuseChunked(request: LoopbackRequest): void {
  if (String(request.headers['transfer-encoding'] ?? '').includes('chunked')) {
    throw new EarlyRejection(501, 'chunked transfer encoding not supported')
  }
}

function readBody(request: LoopbackRequest, apiPath: string): UploadBody {
  const none: UploadBody = { parameters: new Map(), file: undefined }
  if (request.body.length === 0) return none
  if (request.method === 'GET' || request.method === 'DELETE') {
    throw new EarlyRejection(501, `Unexpected content for method '${request.method}'`)
  }
  const contentType = String(request.headers['content-type'] ?? 'application/x-www-form-urlencoded')
  if (/^multipart\/form-data/i.test(contentType) && isUploadPath(apiPath))
    return early(() => parseUpload(contentType, request.body))
  if (request.body.length > BODY_LIMIT) throw new EarlyRejection(501, 'for data too large')
  const text = request.body.toString('utf8')
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) return { ...none, parameters: parseForm(text) }
  if (/^application\/json/i.test(contentType)) return { ...none, parameters: early(() => parseJsonBody(text)) }
  throw new EarlyRejection(506, `upload 'Content-Type '${contentType}' not implemented`)
}

/** What fails while the body is read is answered as plain text. */
function early<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    const { status, text } = asPlatformError(error)
    throw new EarlyRejection(status, text)
  }
}

function isUploadPath(apiPath: string): boolean {
  return /^\/nodes\/[^/]+\/storage\/[^/]+\/upload$/.test(decoded(apiPath))
}

/** Parameters of the query outweigh those of the body. */
function merge(body: RawParameters, query: string): RawParameters {
  return new Map([...body, ...parseForm(query)])
}

function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
