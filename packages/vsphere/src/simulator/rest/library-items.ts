import type { LoopbackReply } from '@dcm/wire/loopback'
import {
  addItem,
  changeItem,
  type ItemModel,
  itemsOf,
  librariesOf,
  next,
  removeItem,
  type StoredFile,
  type StoredItem,
} from '../libraries/library-store.js'
import type { World } from '../world/world.js'
import { createOnce } from './create-once.js'
import { foundItem, foundLibrary } from './found.js'
import { invalid, optionalText, type RestBody, text } from './rest-body.js'
import type { RestCall } from './rest-call.js'
import { jsonReply, notFound, RestFault } from './rest-reply.js'

/** Answers below `/api/content/library/item`; undefined for what the simulator does not have. */
export function answerItems(world: World, call: RestCall): LoopbackReply | undefined {
  const { method, path, action, query, body } = call
  const [id, part] = path
  if (id === undefined) {
    if (action === 'find') return jsonReply(200, find(world, body))
    if (method === 'POST') return createOnce(world, 'item', call, () => create(world, body))
    const library = foundLibrary(world, query.get('library_id') ?? '')
    return jsonReply(
      200,
      itemsOf(world, library.id).map(({ model }) => model.id),
    )
  }
  const item = foundItem(world, id)
  if (part === 'file') return tellFiles(item, query.get('name'))
  if (part === 'storage') return tellStorage(world, item, query.get('file_name'))
  if (part !== undefined) return undefined
  switch (method) {
    case 'GET':
      return jsonReply(200, item.model)
    case 'PATCH':
      change(world, item, body)
      return jsonReply(204)
    case 'DELETE':
      removeItem(world, item)
      return jsonReply(204)
    default:
      return undefined
  }
}

/** Names are compared without regard to case; nothing to look for is refused. */
function find(world: World, body: RestBody): readonly string[] {
  const wanted = Object.fromEntries(
    (['name', 'library_id', 'type'] as const).map((name) => [name, optionalText(body, name)]),
  )
  if (Object.values(wanted).every((value) => value === undefined)) throw invalid('There is nothing to look for.')
  return [...librariesOf(world).items.values()]
    .filter(({ model }) => wanted.name === undefined || isNamed(model, wanted.name))
    .filter(({ model }) => wanted.library_id === undefined || model.library_id === wanted.library_id)
    .filter(({ model }) => wanted.type === undefined || model.type === wanted.type)
    .map(({ model }) => model.id)
}

const isNamed = (model: ItemModel, name: string): boolean => model.name.toLowerCase() === name.toLowerCase()

/** Throws for a name that another item of the library has, or that none can have. */
export function checkItemName(world: World, library: string, name: string): void {
  if (name.trim() === '' || name.includes('/')) throw invalid(`The name '${name}' is not valid.`)
  if (itemsOf(world, library).some(({ model }) => isNamed(model, name)))
    throw new RestFault(400, 'ALREADY_EXISTS', `The library has an item with the name '${name}' already.`)
}

function create(world: World, body: RestBody): string {
  const library = foundLibrary(world, text(body, 'library_id'))
  const name = text(body, 'name')
  checkItemName(world, library.id, name)
  const [type = '', description] = [optionalText(body, 'type'), optionalText(body, 'description')]
  return addItem(world, { library, name, type, description }).model.id
}

function change(world: World, item: StoredItem, body: RestBody): void {
  const { model } = item
  const [name, description] = [optionalText(body, 'name'), optionalText(body, 'description')]
  if (name !== undefined && !isNamed(model, name)) checkItemName(world, model.library_id, name)
  changeItem(world, item, {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    metadata_version: next(model.metadata_version),
  })
}

/** One file, or all of them. */
function tellFiles(item: StoredItem, name: string | null): LoopbackReply {
  const files = [...item.files.values()].map(tell)
  if (name === null) return jsonReply(200, files)
  const file = files.find((each) => each.name === name)
  if (file === undefined) throw notFound('file', name)
  return jsonReply(200, file)
}

const tell = ({ name, size, version, checksum }: StoredFile) => ({
  name,
  size,
  cached: true,
  version,
  checksum_info: { algorithm: 'SHA1', checksum },
})

function tellStorage(world: World, item: StoredItem, name: string | null): LoopbackReply {
  const { id, library_id: library } = item.model
  const [backing] = foundLibrary(world, library).storage_backings ?? []
  const datastore = world.all('Datastore').find(({ ref }) => ref.value === backing?.datastore_id)
  const files = [...item.files.values()].filter((file) => name === null || file.name === name)
  if (name !== null && files.length === 0) throw notFound('file', name)
  const directory = `${datastore?.state.summary?.url ?? ''}contentlib-${library}/${id}`
  return jsonReply(
    200,
    files.map((file) => ({
      ...tell(file),
      storage_backing: backing,
      storage_uris: [`${directory}/${file.name}`],
    })),
  )
}
