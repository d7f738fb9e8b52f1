import type { VsphereClient } from '../../client/client.js'
import { VsphereError } from '../../client/error.js'
import { knownForAWhile } from '../known-for-a-while.js'
import { orGone } from '../or-gone.js'

/** What VMs are made from: an OVF package, or a VM template that an item stands for. */
export type ItemType = 'ovf' | 'vm-template' | 'iso'

/** An item of a content library, with what the port needs of its library. */
export interface LibraryItem {
  /** The service's own. */
  readonly id: string
  readonly name: string
  readonly type: ItemType
  readonly sizeBytes?: number
  readonly library: { readonly id: string; readonly name: string; readonly datastore?: string }
}

export type ItemQuery = { readonly type: ItemType } | { readonly name: string }

/** Items of the content libraries of a vCenter. */
export interface LibraryItems {
  /**
   * Whatever their library. One call, and one for each item and library that nobody read
   * within the last minute: the service has no call for many.
   */
  find(wanted: ItemQuery, signal: AbortSignal): Promise<LibraryItem[]>
  /** Undefined when it is gone, and for types that no VM is made from. */
  get(id: string): Promise<LibraryItem | undefined>
  /** The template that a `vm-template` item stands for (`vm-12`); undefined when that is gone. */
  templateOf(item: LibraryItem, signal: AbortSignal): Promise<string | undefined>
  /** False when it is gone already. Subscribed libraries refuse it. */
  remove(id: string, signal: AbortSignal): Promise<boolean>
}

/** How long the name of an item is believed. */
const lifetimeMs = 60_000
const mostKnown = 20_000

const types: ReadonlySet<string | undefined> = new Set<ItemType>(['ovf', 'vm-template', 'iso'])

export function createLibraryItems({ rest }: VsphereClient): LibraryItems {
  const limits = { lifetimeMs, most: mostKnown }
  const library = knownForAWhile(
    (library_id) => orGone(rest.request('GET /content/library/{library_id}', { library_id })),
    limits,
  )
  const item = knownForAWhile(
    (library_item_id) => orGone(rest.request('GET /content/library/item/{library_item_id}', { library_item_id })),
    limits,
  )

  async function get(id: string): Promise<LibraryItem | undefined> {
    const found = await item(id)
    const holder = found && (await library(found.library_id))
    if (found === undefined || holder === undefined || !isItemType(found.type)) return undefined
    const datastore = holder.storage_backings?.find(({ datastore_id }) => datastore_id !== undefined)?.datastore_id
    return {
      id,
      name: found.name,
      type: found.type,
      ...(found.size !== undefined && { sizeBytes: found.size }),
      library: { id: holder.id, name: holder.name, ...(datastore !== undefined && { datastore }) },
    }
  }

  return {
    get,
    async find(wanted, signal) {
      const found = rest.request('POST /content/library/item?action=find', wanted, { signal })
      const ids = await found.catch((error: unknown) => {
        // A server without libraries has no items.
        if (VsphereError.isInstance(error) && error.kind === 'unsupported') return []
        throw error
      })
      const items = (await Promise.all(ids.map(get))).filter((each) => each !== undefined)
      // The service compares names without regard to case.
      return items.filter(({ name }) => !('name' in wanted) || wanted.name === name)
    },
    async templateOf({ id }, signal) {
      const key = 'GET /vcenter/vm-template/library-items/{library_item_id}' as const
      return (await rest.request(key, { library_item_id: id }, { signal })).vm_template
    },
    async remove(id, signal) {
      const key = 'DELETE /content/library/item/{library_item_id}' as const
      const removed = rest.request(key, { library_item_id: id }, { signal })
      return (await orGone(removed.then(() => true))) ?? false
    },
  }
}

function isItemType(type: string | undefined): type is ItemType {
  return types.has(type)
}
