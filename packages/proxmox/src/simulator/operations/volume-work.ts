import type { Storage, Volume } from '../cluster/cluster.js'
import { printHumanSize } from '../cluster/sizes.js'
import { type AllocationRequest, allocate, pathOf } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'

const STORAGE_PATIENCE_SECONDS = 10
/** What copying moves in a second of the platform's time. */
const BYTES_PER_SECOND = 400 * 1024 * 1024
const PROGRESS_LINES = 20

/** Allocates under the lock of the storage, which is held by one worker at a time. */
export async function allocateLogged(world: World, worker: TaskWorker, request: AllocationRequest): Promise<Volume> {
  return await lockStorage(world, request.storage, async () => {
    await worker.pause(150)
    const volume = allocate(world.cluster, request)
    worker.log(allocationLine(request, volume))
    return volume
  })
}

export function lockStorage<Result>(world: World, storage: Storage, work: () => Promise<Result>): Promise<Result> {
  const local = `/var/lock/pve-manager/pve-storage-${storage.id}`
  return world.locks.hold(
    {
      name: storage.shared ? `cfs-${storage.id}` : local,
      mode: 'exclusive',
      patienceMs: STORAGE_PATIENCE_SECONDS * world.timing.lockSecondMs,
      timeout: () =>
        failure(
          storage.shared
            ? `cfs-lock 'storage-${storage.id}' error: got lock request timeout`
            : `can't lock file '${local}' - got timeout`,
        ),
    },
    work,
  )
}

function allocationLine(request: AllocationRequest, volume: Volume): string {
  const { storage, parent } = request
  const name = volume.volid.split(/[:/]/).at(-1) ?? ''
  if (storage.type === 'lvmthin') return `  Logical volume "${name}" created.`
  if (storage.type === 'zfspool') return `created zvol ${storage.id}/${name}`
  const path = pathOf(storage, volume.volid)
  if (volume.format !== 'qcow2') return `Formatting '${path}', fmt=${volume.format} size=${volume.sizeBytes}`
  const base = parent === undefined ? '' : ` backing_file=${relativeBase(parent)} backing_fmt=${parent.format}`
  const cluster = parent === undefined ? 'cluster_size=65536 extended_l2=off' : 'cluster_size=131072 extended_l2=on'
  return (
    `Formatting '${path}', fmt=qcow2 ${cluster} preallocation=metadata compression_type=zlib ` +
    `size=${volume.sizeBytes}${base} lazy_refcounts=off refcount_bits=16`
  )
}

export function relativeBase(parent: Volume): string {
  return `../${parent.volid.slice(parent.volid.indexOf(':') + 1)}`
}

/** Copies a disk; the log shows how far, with the last line twice, as the platform does. */
export async function transfer(worker: TaskWorker, bytes: number): Promise<void> {
  const total = printHumanSize(bytes)
  const line = (done: number, percent: number): string =>
    `transferred ${printHumanSize(done)} of ${total} (${percent.toFixed(2)}%)`
  worker.log(line(0, 0))
  const seconds = Math.max(0.2, bytes / BYTES_PER_SECOND)
  const steps = Math.min(PROGRESS_LINES, Math.max(2, Math.ceil(seconds * 4)))
  for (let step = 1; step < steps; step += 1) {
    await worker.pause((seconds * 1000) / steps)
    worker.log(line((bytes * step) / steps, (100 * step) / steps))
  }
  await worker.pause((seconds * 1000) / steps)
  worker.log(line(bytes, 100))
  worker.log(line(bytes, 100))
}
