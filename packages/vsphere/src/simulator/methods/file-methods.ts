import { typedValue } from '@dcm/wire/xml'
import { vimFault } from '../fault.js'
import { contentsOf, directoryOf, parseDatastorePath } from '../world/datastore-files.js'
import type { Ref } from '../world/managed-object.js'
import type { Call, Handlers } from './handler.js'

/** Files of datastores. Directories are there only where somebody made them. */
export const fileMethods: Handlers = {
  SearchDatastoreSubFolders_Task(call, { datastorePath, searchSpec }) {
    const { datastore, path } = parseDatastorePath(call.world, datastorePath)
    return run(call, datastorePath, () => {
      const { files, directories } = contentsOf(call.world, datastore)
      const patterns = (searchSpec?.matchPattern ?? ['*']).map((glob) =>
        patternOf(glob, searchSpec?.searchCaseInsensitive),
      )
      const below = [...directories].filter((each) => path === '' || each === path || each.startsWith(`${path}/`))
      const results = below.map((directory) => ({
        datastore: datastore.ref,
        folderPath: `[${datastore.state.name}] ${directory}${directory === '' ? '' : '/'}`,
        file: [...files]
          .filter(([file]) => directoryOf(file) === directory)
          .map(([file, bytes]) => ({
            path: file.slice(directory === '' ? 0 : directory.length + 1),
            fileSize: bytes.length,
          }))
          .filter((file) => patterns.some((pattern) => pattern.test(file.path)))
          .map((file) => ({ _type: 'IsoImageFileInfo', ...file })),
      }))
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
