import type { Storage, Volume } from '../cluster/cluster.js'
import { parseSize } from '../cluster/sizes.js'
import {
  allocate,
  findVolume,
  free,
  occupiedBytes,
  pathOf,
  requireStorage,
  supportsFiles,
  usedBytes,
  volumesOfStorage,
} from '../cluster/volumes.js'
import { failure, parameterError, permissionError } from '../http/platform-error.js'
import type { World } from '../world.js'
import type { Answer, Call, Operation } from './operation.js'
import { fork } from './operation.js'
import { type Row, visibleStorages } from './resource-rows.js'

function figuresRow(world: World, storage: Storage, node: string): Row {
  const used = usedBytes(world.cluster, storage, node)
  return {
    type: storage.type,
    content: storage.content.join(','),
    shared: storage.shared ? 1 : 0,
    enabled: 1,
    active: 1,
    total: storage.totalBytes,
    used,
    avail: storage.totalBytes - used,
  }
}

function listStorages({ world, caller, node, parameters }: Call): Answer {
  const contents = parameters.has('content') ? parameters.list('content') : undefined
  const only = parameters.optionalText('storage')
  const target = parameters.optionalText('target')
  const rows = visibleStorages(world, caller, node)
    .filter((storage) => contents === undefined || contents.some((kind) => storage.content.includes(kind)))
    .filter((storage) => only === undefined || storage.id === only)
    .filter((storage) => target === undefined || storage.nodes === undefined || storage.nodes.includes(target))
    .map((storage) => ({
      storage: storage.id,
      ...figuresRow(world, storage, node),
      used_fraction: usedBytes(world.cluster, storage, node) / storage.totalBytes,
    }))
  return { data: rows }
}

function storageStatus({ world, node, parameters }: Call): Answer {
  return { data: figuresRow(world, requireStorage(world.cluster, parameters.text('storage'), node), node) }
}

function contentRow(storage: Storage, volume: Volume): Row {
  const isDisk = volume.content === 'images' || volume.content === 'rootdir'
  const parent = volume.parent === undefined ? null : baseName(storage, volume.parent)
  return {
    volid: volume.volid,
    content: volume.content,
    format: volume.format,
    size: volume.sizeBytes,
    ctime: volume.ctime,
    ...(volume.vmid === undefined ? {} : { vmid: volume.vmid }),
    ...(isDisk && supportsFiles(storage) ? { used: occupiedBytes(volume), parent } : {}),
    ...(isDisk && !supportsFiles(storage) && parent !== null ? { parent } : {}),
    ...(volume.notes === undefined ? {} : { notes: volume.notes }),
    ...(volume.protected ? { protected: 1 } : {}),
  }
}

/** File storages name the base by its path beside the clone's folder. */
function baseName(storage: Storage, parent: string): string {
  const name = parent.slice(parent.indexOf(':') + 1)
  return supportsFiles(storage) ? `../${name}` : name
}

function listContent({ world, node, parameters, caller }: Call): Answer {
  const storage = requireStorage(world.cluster, parameters.text('storage'), node)
  const vmid = parameters.optionalInteger('vmid')
  const content = parameters.optionalText('content')
  const seesAll = world.permissions.has(caller, `/storage/${storage.id}`, 'Datastore.Allocate')
  const rows = volumesOfStorage(world.cluster, storage, node)
    .filter((volume) => vmid === undefined || volume.vmid === vmid)
    .filter((volume) => content === undefined || volume.content === content)
    .filter(
      (volume) =>
        volume.vmid === undefined || seesAll || world.permissions.has(caller, `/vms/${volume.vmid}`, 'VM.Audit'),
    )
    .sort((a, b) => (a.volid < b.volid ? -1 : 1))
  return { data: rows.map((volume) => contentRow(storage, volume)) }
}

function allocateVolume({ world, node, parameters }: Call): Answer {
  const storage = requireStorage(world.cluster, parameters.text('storage'), node)
  const size = parameters.text('size')
  const sizeBytes = /^\d+$/.test(size) ? Number(size) * 1024 : parseSize(size)
  if (sizeBytes === undefined) throw parameterError({ size: 'unable to parse size' })
  const volume = allocate(world.cluster, {
    storage,
    node,
    vmid: parameters.integer('vmid'),
    sizeBytes,
    format: parameters.optionalText('format') ?? 'raw',
    ctime: world.clock.seconds(),
    purpose: 'disk',
  })
  return { data: volume.volid }
}

/** A volume of a path: its full id, or its name on the storage of the path. */
function requireVolume({ world, node, parameters }: Call): Volume {
  const given = parameters.text('volume')
  const volid = given.includes(':') ? given : `${parameters.text('storage')}:${given}`
  const volume = findVolume(world.cluster, node, volid)
  if (volume === undefined) throw failure(`volume '${volid}' does not exist`)
  return volume
}

function readVolume(call: Call): Answer {
  const volume = requireVolume(call)
  const storage = requireStorage(call.world.cluster, volume.storage, call.node)
  return {
    data: {
      format: volume.format,
      path: pathOf(storage, volume.volid),
      size: volume.sizeBytes,
      used: occupiedBytes(volume),
      ...(volume.notes === undefined ? {} : { notes: volume.notes }),
    },
  }
}

async function deleteVolume(call: Call): Promise<Answer> {
  const { world, caller, node } = call
  const volume = requireVolume(call)
  const mayDelete =
    world.permissions.has(caller, `/storage/${volume.storage}`, 'Datastore.Allocate') ||
    (volume.vmid !== undefined && world.permissions.has(caller, `/vms/${volume.vmid}`, 'VM.Config.Disk'))
  if (!mayDelete) throw permissionError(`/storage/${volume.storage}, Datastore.Allocate`)
  if (volume.protected) throw failure(`can't remove volume '${volume.volid}' - protection flag set`)
  const id = `${volume.vmid === undefined ? '' : `${volume.vmid}@`}${volume.storage}`
  const answer = fork(call, 'imgdel', id, async (worker) => {
    await worker.pause(500)
    free(world.cluster, node, volume.volid)
    worker.log(`Removed volume '${volume.volid}'`)
  })
  const delay = call.parameters.optionalInteger('delay')
  const task = world.tasks.find(String(answer.data))
  if (delay === undefined || task === undefined) return answer
  await Promise.race([task.finished, world.clock.sleep(delay * world.timing.lockSecondMs)])
  return task.exitstatus === 'OK' ? { data: null } : answer
}

export const storageOperations: readonly Operation[] = [
  { key: 'GET /nodes/{node}/storage', run: listStorages },
  { key: 'GET /nodes/{node}/storage/{storage}/status', run: storageStatus },
  { key: 'GET /nodes/{node}/storage/{storage}/content', run: listContent },
  { key: 'POST /nodes/{node}/storage/{storage}/content', run: allocateVolume },
  { key: 'GET /nodes/{node}/storage/{storage}/content/{volume}', run: readVolume },
  { key: 'DELETE /nodes/{node}/storage/{storage}/content/{volume}', run: deleteVolume },
]
