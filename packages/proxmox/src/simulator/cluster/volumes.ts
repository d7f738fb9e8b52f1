import { failure } from '../http/platform-error.js'
import type { Cluster, Storage, Volume } from './cluster.js'
import { isOnNode } from './cluster.js'

/** The storage by id on a node, or the platform's refusal. */
export function requireStorage(cluster: Cluster, id: string, node: string): Storage {
  const storage = cluster.storages.get(id)
  if (storage === undefined) throw failure(`storage '${id}' does not exist`)
  if (!isOnNode(storage, node)) throw failure(`storage '${id}' is not available on node '${node}'`)
  return storage
}

/** Local storages of two nodes may hold volumes of one name. */
export function volumeKey(storage: Storage, node: string, volid: string): string {
  return storage.shared ? volid : `${node}/${volid}`
}

export function storageOfVolid(volid: string): string {
  return volid.slice(0, volid.indexOf(':'))
}

export function findVolume(cluster: Cluster, node: string, volid: string): Volume | undefined {
  const storage = cluster.storages.get(storageOfVolid(volid))
  return storage === undefined ? undefined : cluster.volumes.get(volumeKey(storage, node, volid))
}

export function volumesOfStorage(cluster: Cluster, storage: Storage, node: string): Volume[] {
  return [...cluster.volumes.values()].filter(
    (volume) => volume.storage === storage.id && (storage.shared || volume.node === node),
  )
}

export function usedBytes(cluster: Cluster, storage: Storage, node: string): number {
  if (storage.exhausted) return storage.totalBytes
  const volumes = volumesOfStorage(cluster, storage, node)
  const used = volumes.reduce((sum, volume) => sum + occupiedBytes(volume), storage.occupiedBytes)
  return Math.min(used, storage.totalBytes)
}

/** Volumes are thin: a system takes about an eighth of its disk, a linked clone next to nothing. */
export function occupiedBytes(volume: Volume): number {
  if (volume.content !== 'images' && volume.content !== 'rootdir') return volume.sizeBytes
  return volume.parent === undefined ? Math.round(volume.sizeBytes / 8) : Math.round(volume.sizeBytes / 64)
}

export function supportsFiles(storage: Storage): boolean {
  return storage.path !== undefined
}

export interface AllocationRequest {
  readonly storage: Storage
  readonly node: string
  readonly vmid: number
  readonly sizeBytes: number
  readonly format: string | undefined
  readonly ctime: number
  /** `disk` takes the next number, `cloudinit` has a fixed name. */
  readonly purpose: 'disk' | 'cloudinit' | 'state'
  readonly content?: 'images' | 'rootdir'
  /** Of a linked clone. */
  readonly parent?: Volume
  readonly stateName?: string
}

/** Puts a new volume into the cluster, or fails as a full storage does. The texts of a full storage are not recorded. */
export function allocate(cluster: Cluster, request: AllocationRequest): Volume {
  const { storage, node } = request
  const format = formatFor(storage, request.format)
  const name = freeName(cluster, request, format)
  if (storage.exhausted || request.sizeBytes > storage.totalBytes) throw failure(fullText(storage, name))
  const volid = volidOf(storage, request, name)
  const volume: Volume = {
    volid,
    storage: storage.id,
    node: storage.shared ? undefined : node,
    vmid: request.vmid,
    content: request.content ?? 'images',
    format,
    sizeBytes: request.sizeBytes,
    ctime: request.ctime,
    parent: request.parent?.volid,
    snapshots: new Map(),
    notes: undefined,
    protected: false,
  }
  cluster.volumes.set(volumeKey(storage, node, volid), volume)
  return volume
}

export function free(cluster: Cluster, node: string, volid: string): boolean {
  const storage = cluster.storages.get(storageOfVolid(volid))
  return storage === undefined ? false : cluster.volumes.delete(volumeKey(storage, node, volid))
}

/** Linked clones of a base volume. */
export function linkedClonesOf(cluster: Cluster, volid: string): Volume[] {
  return [...cluster.volumes.values()].filter((volume) => volume.parent === volid)
}

/** Path of a volume in the file system of its node. */
export function pathOf(storage: Storage, volid: string): string {
  const name = volid.slice(volid.indexOf(':') + 1)
  if (storage.path === undefined) return `/dev/${String(storage.options.vgname ?? storage.id)}/${name}`
  if (/^(?:iso|vztmpl)\//.test(name)) return `${storage.path}/template/${name.replace('vztmpl/', 'cache/')}`
  const own = name.split('/').slice(-2).join('/')
  return `${storage.path}/images/${own}`
}

function formatFor(storage: Storage, wanted: string | undefined): string {
  if (!supportsFiles(storage)) return 'raw'
  return wanted ?? (storage.type === 'dir' || storage.type === 'nfs' ? 'qcow2' : 'raw')
}

function freeName(cluster: Cluster, request: AllocationRequest, format: string): string {
  const extension = supportsFiles(request.storage) ? `.${format}` : ''
  if (request.purpose === 'cloudinit') return `vm-${request.vmid}-cloudinit${extension}`
  if (request.purpose === 'state') return `vm-${request.vmid}-state-${request.stateName ?? ''}${extension}`
  const taken = new Set(volumesOfStorage(cluster, request.storage, request.node).map((volume) => volume.volid))
  for (let number = 0; ; number += 1) {
    const name = `vm-${request.vmid}-disk-${number}`
    const pattern = new RegExp(`(?:^|[:/])(?:vm|base)-${request.vmid}-disk-${number}(?:\\.|$)`)
    if (![...taken].some((volid) => pattern.test(volid))) return `${name}${extension}`
  }
}

function volidOf(storage: Storage, request: AllocationRequest, name: string): string {
  const own = supportsFiles(storage) ? `${request.vmid}/${name}` : name
  if (request.parent === undefined || storage.type === 'lvmthin') return `${storage.id}:${own}`
  const base = request.parent.volid.slice(request.parent.volid.indexOf(':') + 1)
  return `${storage.id}:${base}/${own}`
}

function fullText(storage: Storage, name: string): string {
  if (storage.type === 'lvmthin') {
    const group = String(storage.options.vgname ?? 'pve')
    const pool = `${group}/${String(storage.options.thinpool ?? 'data')}`
    return `lvcreate '${group}/${name}' error:   Cannot create new thin volume, free space in thin pool ${pool} reached threshold.`
  }
  if (storage.type === 'zfspool') return `zfs error: cannot create '${storage.id}/${name}': out of space`
  return `unable to create image: qemu-img: ${storage.path ?? ''}/images/${name}: Could not resize image: No space left on device`
}
