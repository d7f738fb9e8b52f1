import { typedValue } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import { contentsOf, directoryOf, parseDatastorePath } from '../world/datastore-files.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Call, Handlers } from './handler.js'

/** Files of datastores. Directories are there only where somebody made them. */
export const fileMethods: Handlers = {
  SearchDatastore_Task(call, { datastorePath, searchSpec }) {
    const { datastore, path } = parseDatastorePath(call.world, datastorePath)
    return run(call, datastorePath, () => {
      if (path !== '' && !contentsOf(call.world, datastore).directories.has(path)) throw notFound(datastorePath)
      return typedValue('HostDatastoreBrowserSearchResults', search(call.world, datastore, path, searchSpec))
    })
  },
  SearchDatastoreSubFolders_Task(call, { datastorePath, searchSpec }) {
    const { datastore, path } = parseDatastorePath(call.world, datastorePath)
    return run(call, datastorePath, () => {
      const { directories } = contentsOf(call.world, datastore)
      const below = [...directories].filter((each) => path === '' || each === path || each.startsWith(`${path}/`))
      const results = below.map((directory) => search(call.world, datastore, directory, searchSpec))
      return typedValue('ArrayOfHostDatastoreBrowserSearchResults', results)
    })
  },
  MakeDirectory({ world }, { name, createParentDirectories }) {
    const { datastore, path } = parseDatastorePath(world, name)
    const { directories } = contentsOf(world, datastore)
    if (directories.has(path)) throw vimFault('FileAlreadyExists', { file: name }, `The file ${name} already exists`)
    if (!directories.has(directoryOf(path)) && createParentDirectories !== true)
      throw vimFault('FileNotFound', { file: name }, `File ${name} was not found`)
    for (let each = path; each !== ''; each = directoryOf(each)) directories.add(each)
    return undefined
  },
  MoveDatastoreFile_Task(call, { sourceName, destinationName, force }) {
    const source = parseDatastorePath(call.world, sourceName)
    const destination = parseDatastorePath(call.world, destinationName)
    return run(call, sourceName, () => {
      const { files } = contentsOf(call.world, source.datastore)
      const target = contentsOf(call.world, destination.datastore).files
      const bytes = files.get(source.path)
      if (bytes === undefined) throw notFound(sourceName)
      if (target.has(destination.path) && force !== true)
        throw vimFault('FileAlreadyExists', { file: destinationName }, `The file ${destinationName} already exists`)
      files.delete(source.path)
      target.set(destination.path, bytes)
    })
  },
  DeleteDatastoreFile_Task(call, { name }) {
    const { datastore, path } = parseDatastorePath(call.world, name)
    return run(call, name, () => {
      if (!contentsOf(call.world, datastore).files.delete(path)) throw notFound(name)
    })
  },
}

/** Files of one directory. */
function search(
  world: World,
  datastore: ManagedObject<'Datastore'>,
  directory: string,
  wanted: Vim25Types['HostDatastoreBrowserSearchSpec'] | undefined,
) {
  const patterns = (wanted?.matchPattern ?? ['*']).map((glob) => patternOf(glob, wanted?.searchCaseInsensitive))
  return {
    datastore: datastore.ref,
    folderPath: `[${datastore.state.name}] ${directory}${directory === '' ? '' : '/'}`,
    file: [...contentsOf(world, datastore).files]
      .filter(([file]) => directoryOf(file) === directory)
      .map(([file, bytes]) => ({
        path: file.slice(directory === '' ? 0 : directory.length + 1),
        fileSize: bytes.length,
      }))
      .filter((file) => patterns.some((pattern) => pattern.test(file.path)))
      .map((file) => ({ _type: 'IsoImageFileInfo', ...file })),
  }
}

function notFound(file: string): Error {
  return vimFault('FileNotFound', { file }, `File ${file} was not found`)
}

function run(call: Call, path: string, finish: () => unknown): Ref {
  const { world, tasks, method, session } = call
  const entity = parseDatastorePath(world, path).datastore
  return tasks.start({ method, entity, userName: session.userName, durationMs: world.timing.reconfigure, finish })
}

function patternOf(glob: string, ignoreCase = false): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '')
}
