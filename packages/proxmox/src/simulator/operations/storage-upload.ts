import { createHash } from 'node:crypto'
import { pathOf, requireStorage, supportsFiles, volumeKey } from '../cluster/volumes.js'
import { failure, parameterError } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'
import { fork } from './operation.js'

const extensions: Readonly<Record<string, RegExp>> = {
  iso: /\.(?:iso|img)$/i,
  vztmpl: /\.tar\.(?:gz|xz|zst|bz2)$/i,
  import: /\.(?:ova|qcow2|raw|vmdk)$/i,
}

/** Takes a file and copies it into place in a task; a wrong checksum shows only there. */
function upload(call: Call): Answer {
  const { world, node, parameters } = call
  const storage = requireStorage(world.cluster, parameters.text('storage'), node)
  const content = parameters.text('content')
  if (!supportsFiles(storage)) {
    throw failure(`can't upload to storage type '${storage.type}', not a file based storage!`)
  }
  if (!storage.content.includes(content)) throw failure(`storage '${storage.id}' does not support '${content}' content`)
  const name = parameters.text('filename')
  if (extensions[content]?.test(name) !== true) throw parameterError({ filename: 'wrong file extension' })
  const file = call.upload?.content
  if (file === undefined) throw failure('missing temporary file')
  const algorithm = parameters.optionalText('checksum-algorithm')
  const expected = parameters.optionalText('checksum')
  const volid = `${storage.id}:${content}/${name}`
  const spool = `/var/tmp/pveupload-${createHash('sha1').update(name).digest('hex').slice(0, 16)}`
  return fork(call, 'imgcopy', '', async (worker) => {
    worker.log(`starting file import from: ${spool}`)
    if (algorithm !== undefined && expected !== undefined) {
      worker.log(`calculating checksum...`)
      const actual = createHash(algorithm).update(file).digest('hex')
      await worker.pause(200)
      if (actual !== expected.toLowerCase()) {
        throw new Error(`checksum mismatch: got '${actual}' != expect '${expected}'`)
      }
      worker.log('OK, checksum verified')
    }
    const target = pathOf(storage, volid)
    worker.log(`target node: ${node}`)
    worker.log(`target file: ${target}`)
    worker.log(`file size is: ${file.length}`)
    worker.log(`command: cp -- ${spool} ${target}`)
    await worker.pause(500 + file.length / 500_000)
    world.cluster.volumes.set(volumeKey(storage, node, volid), {
      volid,
      storage: storage.id,
      node: storage.shared ? undefined : node,
      vmid: undefined,
      content,
      format: content === 'iso' ? 'iso' : (name.split('.').at(-1) ?? 'raw'),
      sizeBytes: file.length,
      ctime: world.clock.seconds(),
      parent: undefined,
      snapshots: new Map(),
      notes: undefined,
      protected: false,
    })
    worker.log('finished file import successfully')
  })
}

export const storageUploadOperations: readonly Operation[] = [
  { key: 'POST /nodes/{node}/storage/{storage}/upload', run: upload },
]
