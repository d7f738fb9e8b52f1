import { createHash, randomUUID } from 'node:crypto'
import type { components } from '../../generated/rest-types.js'
import { removeMachine } from '../machines/remove.js'
import { type OvfPackage, readPackage } from '../ovf/package.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

type Schemas = components['schemas']
export type Library = Schemas['Library']
export type ItemModel = Schemas['Item']

/** A file of an item; of descriptors alone the text is kept. */
export interface StoredFile {
  readonly name: string
  readonly size: number
  readonly version: string
  /** SHA-1, in hexadecimal. */
  readonly checksum: string
  readonly descriptor?: string
}

export interface StoredItem {
  model: ItemModel
  /** By name. */
  readonly files: Map<string, StoredFile>
  /** The VM of a VM-template item. */
  readonly template: Ref | undefined
}

export interface LibraryStore {
  readonly libraries: Map<string, Library>
  readonly items: Map<string, StoredItem>
  /** Ids by what was created and the client token. */
  readonly created: Map<string, string>
  /** Results of deployments that succeeded, by client token. */
  readonly deployed: Map<string, object>
}

const stores = new WeakMap<World, LibraryStore>()

/** The content libraries of the platform. */
export function librariesOf(world: World): LibraryStore {
  const store = stores.get(world) ?? {
    libraries: new Map(),
    items: new Map(),
    created: new Map(),
    deployed: new Map(),
  }
  stores.set(world, store)
  return store
}

export function addLibrary(
  world: World,
  order: Pick<Library, 'name' | 'storage_backings'> & { readonly description?: string | undefined },
): Library {
  const now = world.timestamp()
  const library: Library = {
    ...order,
    description: order.description ?? '',
    id: randomUUID(),
    type: 'LOCAL',
    creation_time: now,
    last_modified_time: now,
    version: '1',
    server_guid: world.content.about.instanceUuid ?? '',
  }
  librariesOf(world).libraries.set(library.id, library)
  return library
}

export interface ItemOrder {
  readonly library: Library
  readonly name: string
  /** `ovf`, `vm-template`, `iso`; empty until files tell. */
  readonly type: string
  readonly description?: string | undefined
  readonly template?: Ref
}

export function addItem(world: World, { library, name, type, description = '', template }: ItemOrder): StoredItem {
  const now = world.timestamp()
  const model: ItemModel = {
    id: randomUUID(),
    library_id: library.id,
    name,
    type,
    description,
    size: 0,
    cached: true,
    version: '1',
    content_version: '1',
    metadata_version: '1',
    creation_time: now,
    last_modified_time: now,
  }
  const item: StoredItem = { model, files: new Map(), template }
  librariesOf(world).items.set(model.id, item)
  return item
}

export function itemsOf(world: World, library: string): StoredItem[] {
  return [...librariesOf(world).items.values()].filter(({ model }) => model.library_id === library)
}

/** Takes files into an item, in place of those of the same names. */
export function putFiles(world: World, item: StoredItem, files: ReadonlyMap<string, Buffer>): void {
  const version = next(item.model.content_version)
  for (const [name, bytes] of files) {
    item.files.set(name, {
      name,
      size: bytes.length,
      version,
      checksum: createHash('sha1').update(bytes).digest('hex'),
      ...(name.endsWith('.ovf') && { descriptor: bytes.toString('utf8') }),
    })
  }
  const hasDescriptor = packageOf(item) !== undefined
  changeItem(world, item, {
    content_version: version,
    size: [...item.files.values()].reduce((sum, { size }) => sum + size, 0),
    ...(item.model.type === '' && hasDescriptor && { type: 'ovf' }),
  })
}

export function changeItem(world: World, item: StoredItem, changes: Partial<ItemModel>): void {
  const { version } = item.model
  item.model = { ...item.model, ...changes, version: next(version), last_modified_time: world.timestamp() }
}

/** With the item of a VM template goes its VM. */
export function removeItem(world: World, { model, template }: StoredItem): void {
  librariesOf(world).items.delete(model.id)
  if (template !== undefined && world.lookUp(template) !== undefined)
    removeMachine(world, world.get('VirtualMachine', template))
}

/** Undefined for an item without a description of one machine. */
export function packageOf(item: StoredItem): OvfPackage | undefined {
  for (const { descriptor } of item.files.values()) if (descriptor !== undefined) return readPackage(descriptor)
  return undefined
}

/** The version after this one. */
export const next = (version: string | undefined): string => String(Number(version ?? 0) + 1)
