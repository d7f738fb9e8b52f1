import { randomUUID } from 'node:crypto'
import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import {
  algorithms,
  completeSession,
  errorIn,
  missingFiles,
  newUpdateSession,
  sessionLifeMs,
  type UpdateFile,
  type UpdateSession,
} from '../libraries/update-session.js'
import type { World } from '../world/world.js'
import { createOnce } from './create-once.js'
import { foundItem } from './found.js'
import { invalid, members, type RestBody, text } from './rest-body.js'
import type { RestCall } from './rest-call.js'
import { jsonReply, notFound, RestFault } from './rest-reply.js'

/** Where bytes go to. */
export const uploadPath = '/cls/data'

export interface UpdateSessions {
  /** Below `/api/content/library/item/update-session`; undefined for what the simulator does not have. */
  answer(call: RestCall): LoopbackReply | undefined
  /** PUT of the bytes of a file. */
  take(request: LoopbackRequest): LoopbackReply
}

/** Sessions that fill items of libraries. */
export function createUpdateSessions(world: World): UpdateSessions {
  const sessions = new Map<string, UpdateSession>()

  function found(id: string): UpdateSession {
    const session = sessions.get(id)
    if (session === undefined) throw notFound('update session', id)
    if (session.state === 'ACTIVE' && session.expiresAt <= world.clock.now()) {
      session.state = 'ERROR'
      session.error = 'the session has expired'
    }
    return session
  }

  /** Work on a session keeps it alive. Throws where it has ended. */
  function atWork(id: string): UpdateSession {
    const session = found(id)
    if (session.state !== 'ACTIVE') throw notNow(`The session is in state ${session.state}.`)
    session.expiresAt = world.clock.now() + sessionLifeMs
    return session
  }

  function create(body: RestBody): string {
    const item = foundItem(world, text(body, 'library_item_id'))
    if (item.template !== undefined) throw invalid('An item that is a VM template has no files.')
    const session = newUpdateSession(world, item)
    sessions.set(session.id, session)
    return session.id
  }

  function act(id: string, action: string | undefined, body: RestBody): LoopbackReply | undefined {
    const session = atWork(id)
    switch (action) {
      case 'keep-alive':
        if (typeof body.client_progress === 'number') session.progress = body.client_progress
        break
      case 'complete':
        void completeSession(world, session).catch(() => {}) // the simulator is closed
        break
      case 'cancel':
        session.state = 'CANCELED'
        break
      case 'fail':
        session.error = text(body, 'client_error_message')
        session.state = 'ERROR'
        break
      default:
        return undefined
    }
    return jsonReply(204)
  }

  function answerFiles({ method, path: [id = '', , name], action, body, origin }: RestCall): LoopbackReply | undefined {
    if (method === 'GET') {
      const { files } = found(id)
      if (name === undefined)
        return jsonReply(
          200,
          [...files.values()].map((file) => tellFile(file, origin)),
        )
      return jsonReply(200, tellFile(fileIn(files, name), origin))
    }
    const session = atWork(id)
    if (method === 'DELETE' && name !== undefined) {
      session.files.delete(fileIn(session.files, name).name)
      return jsonReply(204)
    }
    if (method !== 'POST' || name !== undefined) return undefined
    if (action === 'validate') return jsonReply(200, validate(session))
    const file = announced(body)
    session.files.set(file.name, file)
    return jsonReply(201, tellFile(file, origin))
  }

  return {
    answer(call) {
      const { method, path, query, action, body } = call
      const [id, part] = path
      if (part === 'file') return answerFiles(call)
      if (part !== undefined) return undefined
      if (id === undefined && method === 'POST') return createOnce(world, 'update session', call, () => create(body))
      if (id === undefined) {
        const item = query.get('library_item_id')
        const ofItem = [...sessions.values()].filter((each) => item === null || each.item.model.id === item)
        return jsonReply(
          200,
          ofItem.map((each) => each.id),
        )
      }
      if (method === 'POST') return act(id, action, body)
      const session = found(id)
      if (method === 'GET') return jsonReply(200, tell(session))
      if (method !== 'DELETE') return undefined
      if (session.state === 'ACTIVE') throw notNow('A session that is active is not deleted.')
      sessions.delete(id)
      return jsonReply(204)
    },
    take({ method, path, body }) {
      if (method !== 'PUT') return { status: 405, body: 'Method Not Allowed' }
      const wanted = path.split('/')[3]
      for (const { id, files } of sessions.values()) {
        const file = [...files.values()].find((each) => each.id === wanted)
        if (file === undefined) continue
        atWork(id)
        file.bytes = Buffer.from(body)
        return { status: 200, body: '' }
      }
      return { status: 404, body: 'Not Found' }
    },
  }
}

const notNow = (message: string): RestFault => new RestFault(400, 'NOT_ALLOWED_IN_CURRENT_STATE', message)

function fileIn(files: ReadonlyMap<string, UpdateFile>, name: string): UpdateFile {
  const file = files.get(name)
  if (file === undefined) throw notFound('file', name)
  return file
}

function announced(body: RestBody): UpdateFile {
  const name = text(body, 'name')
  if (name === '' || name.includes('/')) throw invalid(`The name '${name}' is not valid.`)
  const source = text(body, 'source_type')
  if (source !== 'PUSH') throw new RestFault(400, 'UNSUPPORTED', `The simulator has no files of source type ${source}.`)
  const told = body.checksum_info === undefined ? undefined : members(body, 'checksum_info')
  const checksum = told && { algorithm: String(told.algorithm ?? 'SHA1'), value: text(told, 'checksum') }
  if (checksum !== undefined && !Object.hasOwn(algorithms, checksum.algorithm)) throw invalid('algorithm is not known')
  const size = typeof body.size === 'number' ? body.size : undefined
  return { id: randomUUID(), name, size, checksum, bytes: undefined }
}

const message = (id: string, default_message: string) => ({ id: `com.vmware.vdcs.${id}`, default_message, args: [] })

function tell({ id, item, state, expiresAt, progress, error }: UpdateSession): object {
  return {
    id,
    library_item_id: item.model.id,
    library_item_content_version: item.model.content_version,
    state,
    expiration_time: new Date(expiresAt).toISOString(),
    client_progress: progress,
    ...(error !== undefined && { error_message: message('session', error) }),
  }
}

function tellFile(file: UpdateFile, origin: string): object {
  const { id, name, size, bytes, checksum } = file
  const error = errorIn(file)
  return {
    name,
    source_type: 'PUSH',
    upload_endpoint: { uri: `${origin}${uploadPath}/${id}/${encodeURIComponent(name)}` },
    ...(size !== undefined && { size }),
    ...(checksum !== undefined && { checksum_info: { algorithm: checksum.algorithm, checksum: checksum.value } }),
    bytes_transferred: bytes?.length ?? 0,
    status: error !== undefined ? 'ERROR' : bytes === undefined ? 'WAITING_FOR_TRANSFER' : 'READY',
    ...(error !== undefined && { error_message: message('file', error) }),
  }
}

function validate(session: UpdateSession): object {
  const missing_files = missingFiles(session)
  const invalid_files = [...session.files.values()].flatMap((file) => {
    const error = errorIn(file)
    return error === undefined ? [] : [{ name: file.name, error_message: message('file', error) }]
  })
  return { has_errors: missing_files.length + invalid_files.length > 0, missing_files, invalid_files }
}
