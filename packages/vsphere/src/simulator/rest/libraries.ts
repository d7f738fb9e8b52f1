import type { LoopbackReply } from '@dcm/wire/loopback'
import { addLibrary, itemsOf, type Library, librariesOf, next, removeItem } from '../libraries/library-store.js'
import type { World } from '../world/world.js'
import { createOnce } from './create-once.js'
import { foundLibrary } from './found.js'
import { answerItems } from './library-items.js'
import { invalid, optionalText, type RestBody, text } from './rest-body.js'
import type { RestCall } from './rest-call.js'
import { jsonReply } from './rest-reply.js'

/** Answers below `/api/content`; undefined for what the simulator does not have. */
export function answerContent(world: World, call: RestCall): LoopbackReply | undefined {
  const { method, path, action } = call
  const [, kind, id, ...further] = path
  if (kind === 'library' && id === 'item') return answerItems(world, { ...call, path: further })
  if (further.length > 0) return undefined
  const { libraries } = librariesOf(world)
  if (id === undefined && method === 'GET')
    return jsonReply(200, kind === 'subscribed-library' ? [] : [...libraries.keys()])
  if (id === undefined && kind === 'library' && action === 'find') return jsonReply(200, find(world, call.body))
  if (kind === 'subscribed-library') return undefined
  if (id === undefined) {
    if (kind !== 'local-library' || method !== 'POST') return undefined
    return createOnce(world, 'library', call, () => create(world, call.body))
  }
  const library = foundLibrary(world, id)
  switch (method) {
    case 'GET':
      return jsonReply(200, library)
    case 'PATCH':
      libraries.set(id, {
        ...library,
        name: optionalText(call.body, 'name') ?? library.name,
        description: optionalText(call.body, 'description') ?? library.description ?? '',
        version: next(library.version),
        last_modified_time: world.timestamp(),
      })
      return jsonReply(204)
    case 'DELETE':
      for (const item of itemsOf(world, id)) removeItem(world, item)
      libraries.delete(id)
      return jsonReply(204)
    default:
      return undefined
  }
}

/** Names are compared without regard to case; nothing to look for is refused. */
function find(world: World, body: RestBody): readonly string[] {
  const [name, type] = [optionalText(body, 'name'), optionalText(body, 'type')]
  if (name === undefined && type === undefined) throw invalid('There is nothing to look for.')
  return [...librariesOf(world).libraries.values()]
    .filter((library) => name === undefined || library.name.toLowerCase() === name.toLowerCase())
    .filter((library) => type === undefined || library.type === type)
    .map(({ id }) => id)
}

/** Two libraries may have the same name. */
function create(world: World, body: RestBody): string {
  if (text(body, 'type') !== 'LOCAL') throw invalid('type is not LOCAL')
  const name = text(body, 'name')
  if (name.trim() === '') throw invalid('name is empty')
  const library = addLibrary(world, {
    name,
    description: optionalText(body, 'description'),
    storage_backings: backingsIn(world, body),
  })
  return library.id
}

function backingsIn(world: World, body: RestBody): NonNullable<Library['storage_backings']> {
  const list = body.storage_backings
  if (!Array.isArray(list) || list.length !== 1) throw invalid('storage_backings does not name one datastore')
  return list.map((each: unknown) => {
    const { type, datastore_id } = Object(each)
    const isKnown = world.all('Datastore').some(({ ref }) => ref.value === datastore_id)
    if (type !== 'DATASTORE' || !isKnown) throw invalid('storage_backings does not name a datastore')
    return { type, datastore_id }
  })
}
