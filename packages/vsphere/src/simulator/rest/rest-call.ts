import type { LoopbackRequest } from '@dcm/wire/loopback'
import type { TaskBoard } from '../tasks/task-board.js'
import type { World } from '../world/world.js'
import { type RestBody, readBody } from './rest-body.js'

/** What the services work on. */
export interface RestService {
  readonly world: World
  readonly tasks: TaskBoard
  readonly userName: string
}

/** What a call of the services brings along. */
export interface RestCall {
  readonly method: string
  /** Segments of the path below `/api`, decoded. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly action: string | undefined
  readonly body: RestBody
  /** Where the caller reaches the server: `https://127.0.0.1:41234`. */
  readonly origin: string
}

/** Throws INVALID_ARGUMENT for a body that is no JSON object. */
export function readRequest({ method, path, headers, body }: LoopbackRequest): RestCall {
  const [where = '', search] = path.split('?')
  const query = new URLSearchParams(search ?? '')
  return {
    method,
    path: where.split('/').slice(2).map(decodeURIComponent),
    query,
    action: query.get('action') ?? undefined,
    body: readBody(body),
    origin: `https://${headers.host ?? ''}`,
  }
}
