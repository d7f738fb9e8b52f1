import { randomUUID } from 'node:crypto'
import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import { VimFault } from '../fault.js'
import type { TaskBoard } from '../tasks/task-board.js'
import type { World } from '../world/world.js'
import { answerContent } from './libraries.js'
import { answerOvfItem } from './ovf-items.js'
import { type RestCall, readRequest } from './rest-call.js'
import { jsonReply, RestFault, restFaultOf } from './rest-reply.js'
import { createTagging } from './tagging.js'
import { answerTemplateItem } from './template-items.js'
import { createUpdateSessions, uploadPath } from './update-sessions.js'

/** The REST services below `/api`: sessions, tags, content libraries, whose files go to `uploadPath`. */
export interface RestServices {
  answer(request: LoopbackRequest): Promise<LoopbackReply>
  /** Ends every session. */
  endSessions(): void
  /** Sessions that live now. */
  sessionCount(): number
}

interface RestAccount {
  readonly username: string
  readonly password: string
}

export function createRestServices(world: World, tasks: TaskBoard, { username, password }: RestAccount): RestServices {
  const sessions = new Map<string, { readonly created: string }>()
  const tagging = createTagging(world)
  const updates = createUpdateSessions(world)
  const service = { world, tasks, userName: username }
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

  async function carryOut(request: LoopbackRequest): Promise<LoopbackReply> {
    const id = String(request.headers['vmware-api-session-id'] ?? '')
    const session = sessions.get(id)
    if (request.path.startsWith(uploadPath)) {
      if (session === undefined) throw unauthenticated()
      return updates.take(request)
    }
    const call = readRequest(request)
    const isLogin = call.path.join('/') === 'session' && call.method === 'POST'
    if (isLogin && request.headers.authorization !== expected) throw unauthenticated()
    if (isLogin) {
      const fresh = randomUUID().replaceAll('-', '')
      sessions.set(fresh, { created: world.timestamp() })
      return jsonReply(201, fresh)
    }
    if (session === undefined) throw unauthenticated()
    const [area, part] = call.path
    if (area === 'session') {
      if (call.method === 'DELETE') sessions.delete(id)
      const { created } = session
      return call.method === 'GET'
        ? jsonReply(200, { user: username, created_time: created, last_accessed_time: world.timestamp() })
        : jsonReply(204)
    }
    const reply = await answerService(call, `${area}/${part}`)
    if (reply !== undefined) return reply
    throw new RestFault(404, 'OPERATION_NOT_FOUND', `the simulator has no ${call.method} ${request.path}`)
  }

  /** Undefined where the simulator has no such operation. */
  function answerService(call: RestCall, name: string): LoopbackReply | undefined | Promise<LoopbackReply | undefined> {
    const below = { ...call, path: call.path.slice(2) }
    switch (name) {
      case 'cis/tagging':
        return tagging.answer(below)
      case 'content/library':
        if (call.path[2] === 'item' && call.path[3] === 'update-session')
          return updates.answer({ ...call, path: call.path.slice(4) })
        return answerContent(world, call)
      case 'content/local-library':
      case 'content/subscribed-library':
        return answerContent(world, call)
      case 'vcenter/ovf':
        return answerOvfItem(service, below)
      case 'vcenter/vm-template':
        return answerTemplateItem(service, below)
      default:
        return undefined
    }
  }

  return {
    async answer(request) {
      // Part of vCenter alone.
      if (world.isHostAgent) return { status: 404, body: 'Not Found' }
      try {
        return await carryOut(request)
      } catch (error) {
        if (error instanceof VimFault) return restFaultOf(error.fault._type, error.message).reply()
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
