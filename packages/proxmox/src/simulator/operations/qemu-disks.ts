import type { Vm } from '../cluster/cluster.js'
import { freeUnusedKey, isUnusedKey, printDrive, readDrive } from '../cluster/drives.js'
import { requireDigest, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { parseSize, printSize } from '../cluster/sizes.js'
import { findVolume, free, requireStorage } from '../cluster/volumes.js'
import { failure, parameterError } from '../http/platform-error.js'
import { createQuietWorker } from '../tasks/quiet-worker.js'
import type { TaskWorker } from '../tasks/worker.js'
import { withCleanUp } from '../tasks/worker.js'
import { requireSpaceOn } from './config-rights.js'
import { applyChange } from './config-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { refuseRootOnly } from './root-only.js'
import { allocateLogged, transfer } from './volume-work.js'

/** Grows a disk; everything that can be wrong shows in the task. 7.4 has no task here and answers null. */
async function resize(call: Call): Promise<Answer> {
  refuseRootOnly(call, ['skiplock'])
  const { world, parameters } = call
  requireQuorum(world)
  const size = parameters.text('size')
  if (!/^\+?\d+(?:\.\d+)?[KMGT]?$/.test(size)) throw parameterError({ size: 'value does not match the regex pattern' })
  const vmid = parameters.integer('vmid')
  const work = (worker: TaskWorker): Promise<void> => lockConfig(world, vmid, () => grow(call, worker, vmid, size))
  if (world.traits.resizeIsTask) return fork(call, 'resize', String(vmid), work)
  await work(createQuietWorker(world.clock, world.timing))
  return { data: null }
}

async function grow(call: Call, worker: TaskWorker, vmid: number, size: string): Promise<void> {
  const { world, node, parameters } = call
  const vm = requireVm(world.cluster, node, vmid)
  requireDigest(vm, parameters.optionalText('digest'))
  requireUnlocked(vm)
  const key = parameters.text('disk')
  const value = vm.config.get(key)
  if (value === undefined) throw failure(`disk '${key}' does not exist`)
  const drive = readDrive(key, value)
  if (drive.isCdrom) throw failure("you can't resize a cdrom")
  const volume = findVolume(world.cluster, node, drive.file)
  if (volume === undefined) throw failure(`volume '${drive.file}' does not exist`)
  const amount = parseSize(size.replace('+', '')) ?? 0
  const wanted = size.startsWith('+') ? volume.sizeBytes + amount : amount
  if (wanted < volume.sizeBytes) throw failure('shrinking disks is not supported')
  if (wanted === volume.sizeBytes) return
  const storage = requireStorage(world.cluster, volume.storage, node)
  if (storage.exhausted || wanted > storage.totalBytes)
    throw failure(`unable to resize '${drive.file}': No space left on device`)
  await worker.pause(200)
  volume.sizeBytes = wanted
  const options = new Map(drive.options)
  options.set('size', printSize(wanted))
  vm.config.set(key, printDrive(drive.file, options))
  worker.log(storage.path === undefined ? `  Size of logical volume ${drive.file} changed.` : 'Image resized.')
}

/** Moves a disk to another storage, or hands it over to another guest. */
function moveDisk(call: Call): Answer {
  const { world, node, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  const key = parameters.text('disk')
  const vm = requireVm(world.cluster, node, vmid)
  requireDigest(vm, parameters.optionalText('digest'))
  const targetVmid = parameters.optionalInteger('target-vmid')
  const storageId = parameters.optionalText('storage')
  if (targetVmid !== undefined && storageId !== undefined) {
    throw parameterError({ 'target-vmid': "specify either 'storage' or 'target-vmid', not both" })
  }
  if (!vm.config.has(key)) throw failure(`disk '${key}' does not exist`)
  requireUnlocked(vm)
  if (targetVmid !== undefined) {
    const target = requireVm(world.cluster, node, targetVmid)
    return fork(call, 'qmmove', String(vmid), (worker) =>
      lockConfig(world, vmid, () => handOver(call, worker, vm, target)),
    )
  }
  if (storageId === undefined) throw parameterError({ storage: 'property is missing and it is not optional' })
  requireSpaceOn(call, storageId)
  return fork(call, 'qmmove', String(vmid), (worker) =>
    lockConfig(world, vmid, () => copyAway(call, worker, vm, storageId)),
  )
}

async function copyAway(call: Call, worker: TaskWorker, vm: Vm, storageId: string): Promise<void> {
  const { world, node, parameters } = call
  const key = parameters.text('disk')
  const drive = readDrive(key, vm.config.get(key) ?? '')
  const source = findVolume(world.cluster, node, drive.file)
  if (source === undefined) throw failure(`volume '${drive.file}' does not exist`)
  const storage = requireStorage(world.cluster, storageId, node)
  if (storage.id === source.storage && !parameters.has('format'))
    throw failure("you can't move to the same storage with same format")
  worker.log(`create full clone of drive ${key} (${drive.file})`)
  const volume = await allocateLogged(world, worker, {
    storage,
    node,
    vmid: vm.vmid,
    sizeBytes: source.sizeBytes,
    format: parameters.optionalText('format'),
    ctime: world.clock.seconds(),
    purpose: 'disk',
  })
  await withCleanUp(
    () => transfer(worker, source.sizeBytes),
    () => void free(world.cluster, node, volume.volid),
  )
  vm.config.set(key, printDrive(volume.volid, drive.options))
  if (parameters.isSet('delete')) free(world.cluster, node, source.volid)
  else vm.config.set(freeUnusedKey(vm.config), source.volid)
}

async function handOver(call: Call, worker: TaskWorker, vm: Vm, target: Vm): Promise<void> {
  const { world, node, parameters } = call
  const key = parameters.text('disk')
  const place = parameters.optionalText('target-disk') ?? key
  requireUnlocked(target)
  if (vm.running !== undefined && !isUnusedKey(key)) throw failure(`Cannot move disk '${key}' of a running VM`)
  if (target.config.has(place)) throw failure(`Target disk key '${place}' is already in use for VM '${target.vmid}'`)
  const drive = readDrive(key, vm.config.get(key) ?? '')
  const source = findVolume(world.cluster, node, drive.file)
  if (source === undefined) throw failure(`volume '${drive.file}' does not exist`)
  await worker.pause(300)
  const storage = requireStorage(world.cluster, source.storage, node)
  const volume = await allocateLogged(world, worker, {
    storage,
    node,
    vmid: target.vmid,
    sizeBytes: source.sizeBytes,
    format: source.format,
    ctime: world.clock.seconds(),
    purpose: 'disk',
  })
  free(world.cluster, node, source.volid)
  vm.config.delete(key)
  target.config.set(place, isUnusedKey(place) ? volume.volid : printDrive(volume.volid, drive.options))
  worker.log(`moving disk '${key}' from VM '${vm.vmid}' to '${target.vmid}'`)
}

async function unlink(call: Call): Promise<Answer> {
  const { world, node, parameters } = call
  requireQuorum(world)
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  requireUnlocked(vm)
  const change = {
    values: new Map(),
    deletions: parameters.list('idlist'),
    reverts: [],
    destroys: parameters.isSet('force'),
  }
  const worker = createQuietWorker(world.clock, world.timing)
  await lockConfig(world, vm.vmid, () => applyChange(world, worker, vm, change))
  return { data: null }
}

export const qemuDiskOperations: readonly Operation[] = [
  { key: 'PUT /nodes/{node}/qemu/{vmid}/resize', run: resize },
  { key: 'POST /nodes/{node}/qemu/{vmid}/move_disk', run: moveDisk },
  { key: 'PUT /nodes/{node}/qemu/{vmid}/unlink', run: unlink },
]
