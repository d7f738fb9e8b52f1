import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import { vimFault } from '../fault.js'
import type { ManagedObject } from './managed-object.js'
import type { World } from './world.js'

type Datastore = ManagedObject<'Datastore'>

/** What lies in a datastore beside VMs. */
interface Contents {
  /** Paths below the root, without slashes at the ends. */
  readonly directories: Set<string>
  readonly files: Map<string, Buffer>
}

const stores = new WeakMap<World, Map<string, Contents>>()

export const folderPath = '/folder'

export function contentsOf(world: World, datastore: Datastore): Contents {
  const all = stores.get(world) ?? new Map<string, Contents>()
  stores.set(world, all)
  const contents = all.get(datastore.ref.value) ?? { directories: new Set(['']), files: new Map() }
  all.set(datastore.ref.value, contents)
  return contents
}

/** A place given as `[datastore] path`. Throws the fault for a datastore that is not there. */
export function parseDatastorePath(
  world: World,
  text: string,
): { readonly datastore: Datastore; readonly path: string } {
  const [, name = '', path = ''] = /^\[(.*?)\] ?(.*)$/.exec(text) ?? []
  const datastore = world.all('Datastore').find(({ state }) => state.name === name)
  if (datastore === undefined) throw vimFault('InvalidDatastorePath', { datastorePath: text }, `Invalid path ${text}`)
  return { datastore, path: trimmed(path) }
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** GET and PUT of a file; a directory is not made on the way. */
export function answerFile(world: World, { method, path, body }: LoopbackRequest): LoopbackReply {
  const url = new URL(path, 'https://simulator')
  const name = url.searchParams.get('dsName')
  const datastore = world.all('Datastore').find(({ state }) => state.name === name)
  if (datastore === undefined) return { status: 404, body: 'Not Found' }
  const { files, directories } = contentsOf(world, datastore)
  const file = trimmed(decodeURIComponent(url.pathname.slice(folderPath.length)))
  if (method === 'PUT') {
    if (!directories.has(directoryOf(file))) return { status: 404, body: 'Not Found' }
    const isNew = !files.has(file)
    files.set(file, Buffer.from(body))
    return { status: isNew ? 201 : 200, body: '' }
  }
  const found = files.get(file)
  if (method !== 'GET') return { status: 405, body: 'Method Not Allowed' }
  return found === undefined ? { status: 404, body: 'Not Found' } : { status: 200, body: found }
}

function trimmed(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/')
}
