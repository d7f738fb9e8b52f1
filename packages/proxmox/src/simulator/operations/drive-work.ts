import { type Drive, printDrive, readDrive } from '../cluster/drives.js'
import { allocationBytes, printSize } from '../cluster/sizes.js'
import { findVolume, requireStorage, storageOfVolid } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'
import { allocateLogged, transfer } from './volume-work.js'

export interface PreparedDrive {
  /** The value as the configuration keeps it. */
  readonly value: string
  /** The volume that was made for it, if one was. */
  readonly created: string | undefined
}

const CLOUD_INIT_BYTES = 4 * 1024 * 1024

export interface DrivePlace {
  readonly node: string
  readonly vmid: number
}

/** Turns a drive as a caller writes it into one as a configuration keeps it: allocates, imports, or looks the volume up. */
export async function prepareDrive(
  world: World,
  worker: TaskWorker,
  place: DrivePlace,
  key: string,
  written: string,
): Promise<PreparedDrive> {
  const drive = readDrive(key, written)
  const allocation = /^([^:/]+):(\d+(?:\.\d+)?)$/.exec(drive.file)
  if (drive.isCloudInit && /:cloudinit$/.test(drive.file)) return await makeCloudInit(world, worker, place, drive)
  if (allocation !== null) return await makeDisk(world, worker, place, drive, Number(allocation[2]))
  if (!drive.file.includes(':')) return { value: written, created: undefined }
  const volume = findVolume(world.cluster, place.node, drive.file)
  if (volume === undefined) throw failure(`volume '${drive.file}' does not exist`)
  const options = new Map(drive.options)
  options.set('size', printSize(volume.sizeBytes))
  return { value: printDrive(drive.file, options), created: undefined }
}

async function makeCloudInit(
  world: World,
  worker: TaskWorker,
  place: DrivePlace,
  drive: Drive,
): Promise<PreparedDrive> {
  const storage = requireStorage(world.cluster, storageOfVolid(drive.file), place.node)
  const volume = await allocateLogged(world, worker, {
    ...place,
    storage,
    sizeBytes: CLOUD_INIT_BYTES,
    format: drive.options.get('format'),
    ctime: world.clock.seconds(),
    purpose: 'cloudinit',
  })
  worker.log(`${drive.key}: successfully created disk '${volume.volid},media=cdrom'`)
  return { value: printDrive(volume.volid, [['media', 'cdrom']]), created: volume.volid }
}

async function makeDisk(
  world: World,
  worker: TaskWorker,
  place: DrivePlace,
  drive: Drive,
  gibibytes: number,
): Promise<PreparedDrive> {
  const storage = requireStorage(world.cluster, storageOfVolid(drive.file), place.node)
  const options = new Map(drive.options)
  const format = options.get('format')
  const source = options.get('import-from')
  options.delete('format')
  options.delete('import-from')
  const imported = source === undefined ? undefined : findVolume(world.cluster, place.node, source)
  if (source !== undefined && imported === undefined) throw failure(`volume '${source}' does not exist`)
  const volume = await allocateLogged(world, worker, {
    ...place,
    storage,
    sizeBytes: imported?.sizeBytes ?? allocationBytes(gibibytes),
    format,
    ctime: world.clock.seconds(),
    purpose: 'disk',
  })
  if (imported !== undefined) await transfer(worker, imported.sizeBytes)
  options.set('size', printSize(volume.sizeBytes))
  const value = printDrive(volume.volid, options)
  worker.log(`${drive.key}: successfully ${imported === undefined ? 'created' : 'imported'} disk '${value}'`)
  return { value, created: volume.volid }
}
