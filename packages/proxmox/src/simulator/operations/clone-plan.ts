import type { GuestConfig, Storage, Vm, Volume } from '../cluster/cluster.js'
import { type Drive, drivesOf } from '../cluster/drives.js'
import { isTemplate, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { findVolume, requireStorage, storageOfVolid } from '../cluster/volumes.js'
import { failure, nodeUnreachable } from '../http/platform-error.js'
import { requireBridge, requireSpaceOn } from './config-rights.js'
import type { Call } from './operation.js'
import { requirePool } from './qemu-create.js'

export interface CloneDrive {
  readonly drive: Drive
  readonly source: Volume
  /** Linked clones share the base; cloud-init images are always copied. */
  readonly isLinked: boolean
  readonly storage: Storage
}

export interface ClonePlan {
  readonly source: Vm
  /** Of the guest or of the named snapshot. */
  readonly config: GuestConfig
  readonly newid: number
  readonly drives: readonly CloneDrive[]
  /** Where the clone lives when it is done. */
  readonly targetNode: string
}

/** Every check the platform makes before it forks; made again under the locks. */
export function planClone(call: Call): ClonePlan {
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const newid = parameters.integer('newid')
  const source = requireVm(world.cluster, node, vmid)
  requireUnlocked(source)
  requirePool(call, parameters.optionalText('pool'))
  const config = configOf(source, parameters.optionalText('snapname'))
  const isFull = parameters.optionalFlag('full') ?? !isTemplate(source)
  if (!isFull) {
    for (const name of ['storage', 'format'] as const) {
      if (parameters.has(name)) throw failure(`parameter '${name}' not allowed for linked clones`)
    }
  }
  const existing = world.cluster.vms.get(newid)
  if (existing?.node === node) throw failure(`unable to create VM ${newid}: config file already exists`)
  const targetNode = requireTarget(call)
  for (const [key, value] of config) if (/^net\d+$/.test(key)) requireBridge(call, String(value))
  const drives = drivesOf(config).flatMap((drive) => planDrive(call, source, drive, isFull, targetNode))
  return { source, config, newid, drives, targetNode }
}

function configOf(source: Vm, snapname: string | undefined): GuestConfig {
  if (snapname === undefined) return source.config
  const snapshot = source.snapshots.get(snapname)
  if (snapshot === undefined) throw failure(`snapshot '${snapname}' does not exist`)
  return snapshot.config
}

function requireTarget(call: Call): string {
  const name = call.parameters.optionalText('target') ?? call.node
  const target = call.world.cluster.nodes.get(name)
  if (target === undefined) throw failure(`no such cluster node '${name}'`)
  if (!target.online) throw nodeUnreachable()
  return name
}

function planDrive(call: Call, source: Vm, drive: Drive, isFull: boolean, targetNode: string): CloneDrive[] {
  const { world, node } = call
  if (!drive.file.includes(':') || (drive.isCdrom && !drive.isCloudInit)) return []
  const volume = findVolume(world.cluster, node, drive.file)
  if (volume === undefined) throw failure(`volume '${drive.file}' does not exist`)
  const own = requireStorage(world.cluster, storageOfVolid(drive.file), node)
  const isLinked = !isFull && !drive.isCloudInit
  if (isLinked && !isTemplate(source)) {
    throw failure(`Linked clone feature is not supported for drive '${drive.key}'`)
  }
  const storage = isLinked ? own : (targetStorage(call) ?? own)
  requireSpaceOn(call, storage.id)
  if (targetNode !== node && (!own.shared || !storage.shared)) {
    throw failure(`can't clone VM to node '${targetNode}' (VM uses local storage)`)
  }
  return [{ drive, source: volume, isLinked, storage }]
}

function targetStorage(call: Call): Storage | undefined {
  const id = call.parameters.optionalText('storage')
  return id === undefined ? undefined : requireStorage(call.world.cluster, id, call.node)
}
