import { randomUUID } from 'node:crypto'
import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import type { World } from '../world/world.js'
import { jsonReply, RestFault } from './rest-reply.js'
import { createTagging } from './tagging.js'

/** What a call of the services brings along. */
export interface RestCall {
  readonly method: string
  /** Segments of the path below `/api`, decoded. */
  readonly path: readonly string[]
  readonly action: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** The REST services below `/api`, of which the simulator has sessions and tags. */
export interface RestServices {
  answer(request: LoopbackRequest): LoopbackReply
  /** Ends every session. */
  endSessions(): void
  /** Sessions that live now. */
  sessionCount(): number
}

interface RestAccount {
  readonly username: string
  readonly password: string
}

export function createRestServices(world: World, { username, password }: RestAccount): RestServices {
  const sessions = new Map<string, { readonly created: string }>()
  const tagging = createTagging(world)
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

  function carryOut(request: LoopbackRequest): LoopbackReply {
    const call = readRequest(request)
    const isLogin = call.path.join('/') === 'session' && call.method === 'POST'
    if (isLogin && request.headers.authorization !== expected) throw unauthenticated()
    if (isLogin) {
      const id = randomUUID().replaceAll('-', '')
      sessions.set(id, { created: world.timestamp() })
      return jsonReply(201, id)
    }
    const id = String(request.headers['vmware-api-session-id'] ?? '')
    const session = sessions.get(id)
    if (session === undefined) throw unauthenticated()
    const [service, part] = call.path
    if (service === 'session') {
      if (call.method === 'DELETE') sessions.delete(id)
      const { created } = session
      return call.method === 'GET'
        ? jsonReply(200, { user: username, created_time: created, last_accessed_time: world.timestamp() })
        : jsonReply(204)
    }
    if (service === 'cis' && part === 'tagging') return tagging.answer({ ...call, path: call.path.slice(2) })
    throw new RestFault(404, 'OPERATION_NOT_FOUND', `the simulator has no ${call.method} /api/${call.path.join('/')}`)
  }

  return {
    answer(request) {
      // Part of vCenter alone.
      if (world.isHostAgent) return { status: 404, body: 'Not Found' }
      try {
        return carryOut(request)
      } catch (error) {
        if (error instanceof RestFault) return error.reply()
        throw error
      }
    },
    endSessions: () => sessions.clear(),
    sessionCount: () => sessions.size,
  }
}

function unauthenticated(): RestFault {
  return new RestFault(401, 'UNAUTHENTICATED', 'Authentication required.')
}

function readRequest({ method, path, body }: LoopbackRequest): RestCall {
  const [where = '', search] = path.split('?')
  const action = new URLSearchParams(search ?? '').get('action') ?? undefined
  return { method, path: where.split('/').slice(2).map(decodeURIComponent), action, body: readBody(body) }
}

function readBody(body: Buffer): RestCall['body'] {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told below.
  }
  throw new RestFault(400, 'INVALID_ARGUMENT', 'The body is not a JSON object.')
}
