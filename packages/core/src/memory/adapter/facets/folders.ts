import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Folder } from '../../../model/facets/folders.js'
import type { NativeFolder } from '../../platform/native-types.js'
import type { Connection } from '../connection.js'
import { listing } from '../inventory.js'
import { missing, targetOf } from '../vm-state.js'
import { nativeOperation } from './native-operation.js'
import { findAmong, resolveAmong } from './resolve.js'
import { infoResult, vmOperation } from './vm-operation.js'

/** Folders of any number of levels, of which a VM lies in one at most. */
export function foldersFacet(connection: Connection): AdapterFacetOf<'folders'> {
  const candidates = async (signal: AbortSignal) => {
    const folders = await connection.call('folder.list', {}, signal)
    return folders.map((folder) => ({ ...folder, within: above(folder, folders) }))
  }
  return {
    async list(_input, { signal }) {
      const folders = await connection.call('folder.list', {}, signal)
      return listing(folders.map(mapFolder), [], connection.endpoint)
    },
    create: nativeOperation(connection, {
      async plan({ parent }, signal) {
        const folder = crypto.randomUUID()
        if (!parent) return { settled: false, folder }
        const all = await candidates(signal)
        const target = { path: 'parent', kind: 'folder', containers: all } as const
        return { settled: false, folder, parent: resolveAmong(all, parent, target) }
      },
      send({ input, state, signal }) {
        const { folder = '', parent } = state
        const wanted = { id: folder, name: input.name, ...(parent !== undefined && { parent }) }
        return connection.call('folder.put', { folder: wanted }, signal)
      },
      takeBack: ({ state, signal }) => connection.call('folder.drop', { id: state.folder ?? '' }, signal),
      async result({ state, signal }) {
        const made = (await connection.call('folder.list', {}, signal)).find(({ id }) => id === state.folder)
        if (made) return mapFolder(made)
        throw missing(`the folder '${state.folder}' was removed meanwhile`, connection.endpoint)
      },
    }),
    move: vmOperation(connection, {
      async plan(_vm, { folder }, signal) {
        const all = await candidates(signal)
        return { folder: resolveAmong(all, folder, { path: 'folder', kind: 'folder', containers: all }) }
      },
      send: ({ state, signal }) =>
        connection.call('vm.file', { ...targetOf(state), folder: state.folder ?? '' }, signal),
      result: infoResult(connection),
    }),
    delete: nativeOperation(connection, {
      async plan({ folder }, signal) {
        const all = await candidates(signal)
        const found = findAmong(all, folder, { path: 'folder', kind: 'folder', containers: all })
        return { settled: found === undefined, gone: found === undefined ? [] : [found] }
      },
      send: ({ state, signal }) => connection.call('folder.drop', { id: state.gone?.[0] ?? '' }, signal),
      result: async ({ state }) => ({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

function mapFolder({ id, name, parent }: NativeFolder): Folder {
  return { id, name, ...(parent !== undefined && { parent }) }
}

/** Ids of what a folder lies in, nearest first. */
function above({ parent }: NativeFolder, folders: readonly NativeFolder[]): readonly string[] {
  const next = folders.find(({ id }) => id === parent)
  return next ? [next.id, ...above(next, folders)] : []
}
