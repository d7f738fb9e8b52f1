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

/** The REST services below `/api`: sessions, tags, content libraries. */
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
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

  async function carryOut(request: LoopbackRequest): Promise<LoopbackReply> {
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
    const reply = await answerService(call, `${service}/${part}`)
    if (reply !== undefined) return reply
    throw new RestFault(404, 'OPERATION_NOT_FOUND', `the simulator has no ${call.method} ${request.path}`)
  }

  /** Undefined where the simulator has no such operation. */
  function answerService(
    call: RestCall,
    service: string,
  ): LoopbackReply | undefined | Promise<LoopbackReply | undefined> {
    const below = { ...call, path: call.path.slice(2) }
    switch (service) {
      case 'cis/tagging':
        return tagging.answer(below)
      case 'content/library':
      case 'content/local-library':
      case 'content/subscribed-library':
        return answerContent(world, call)
      case 'vcenter/ovf':
        return answerOvfItem({ world, tasks, userName: username }, below)
      case 'vcenter/vm-template':
        return answerTemplateItem(world, below)
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
